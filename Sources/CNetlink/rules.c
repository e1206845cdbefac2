#include "internal.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <netlink/route/rule.h>
#include <string.h>

static const struct nla_policy rule_policy[FRA_MAX + 1] = {
    [FRA_PRIORITY] = {.type = NLA_U32}, [FRA_FWMARK] = {.type = NLA_U32}, [FRA_FWMASK] = {.type = NLA_U32},
    [FRA_TABLE] = {.type = NLA_U32},    [FRA_PROTOCOL] = {.type = NLA_U8},
};

static int decode_rule(struct nlmsghdr *header, void *item) {
  fs_rule *rule = item;
  struct nlattr *attributes[FRA_MAX + 1];
  if (!nlmsg_valid_hdr(header, sizeof(struct fib_rule_hdr))) return EBADMSG;
  struct fib_rule_hdr *info = nlmsg_data(header);
  if (info->family != AF_INET && info->family != AF_INET6) return FS_SKIP;
  if (nlmsg_parse(header, sizeof *info, attributes, FRA_MAX, rule_policy) < 0) return EBADMSG;
  rule->ipv6 = info->family == AF_INET6;
  rule->action = info->action;
  rule->table = attributes[FRA_TABLE] != NULL ? nla_get_u32(attributes[FRA_TABLE]) : info->table;
  rule->priority = attributes[FRA_PRIORITY] != NULL ? nla_get_u32(attributes[FRA_PRIORITY]) : 0;
  rule->protocol = attributes[FRA_PROTOCOL] != NULL ? nla_get_u8(attributes[FRA_PROTOCOL]) : 0;
  rule->has_mark = attributes[FRA_FWMARK] != NULL;
  rule->mark = rule->has_mark ? nla_get_u32(attributes[FRA_FWMARK]) : 0;
  rule->mask = attributes[FRA_FWMASK] != NULL ? nla_get_u32(attributes[FRA_FWMASK]) : 0;
  return 0;
}

int fs_rules(fs_netlink *session, int ipv6, fs_rule **list, size_t *count, fs_netlink_error *error) {
  struct fib_rule_hdr header = {.family = ipv6 ? AF_INET6 : AF_INET};
  return fs_dump(
      session, RTM_GETRULE, &header, sizeof header, RTM_NEWRULE, decode_rule, sizeof **list, (void **)list, count,
      error);
}

static int request(
    fs_netlink *session, const fs_rule *rule, int (*build)(struct rtnl_rule *, int, struct nl_msg **), int flags,
    fs_netlink_error *error) {
  struct rtnl_rule *built = rtnl_rule_alloc();
  if (built == NULL) return fs_fail(error, ENOMEM, NULL);
  struct nl_msg *message = NULL;
  rtnl_rule_set_family(built, rule->ipv6 ? AF_INET6 : AF_INET);
  rtnl_rule_set_action(built, rule->action);
  rtnl_rule_set_table(built, rule->table);
  rtnl_rule_set_prio(built, rule->priority);
  if (rule->has_mark) {
    rtnl_rule_set_mark(built, rule->mark);
    rtnl_rule_set_mask(built, rule->mask);
  }
  int result = rule->protocol != 0 ? rtnl_rule_set_protocol(built, rule->protocol) : 0;
  if (result >= 0) result = build(built, flags, &message);
  rtnl_rule_put(built);
  if (result < 0) return fs_fail_libnl(error, result);
  return fs_execute(session, message, error);
}

int fs_rule_add(fs_netlink *session, const fs_rule *rule, fs_netlink_error *error) {
  return request(session, rule, rtnl_rule_build_add_request, NLM_F_CREATE | NLM_F_EXCL, error);
}

int fs_rule_delete(fs_netlink *session, const fs_rule *rule, fs_netlink_error *error) {
  return request(session, rule, rtnl_rule_build_delete_request, 0, error);
}
