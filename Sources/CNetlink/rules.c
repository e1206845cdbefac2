#include "internal.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <string.h>

static const struct nla_policy rule_policy[FRA_MAX + 1] = {
    [FRA_PRIORITY] = {.type = NLA_U32}, [FRA_FWMARK] = {.type = NLA_U32}, [FRA_FWMASK] = {.type = NLA_U32},
    [FRA_TABLE] = {.type = NLA_U32},    [FRA_PROTOCOL] = {.type = NLA_U8},  [FRA_GOTO] = {.type = NLA_U32},
};

int fs_decode_rule(struct nlmsghdr *header, void *item) {
  fs_rule *rule = item;
  struct nlattr *attributes[FRA_MAX + 1];
  if (!nlmsg_valid_hdr(header, sizeof(struct fib_rule_hdr))) return EBADMSG;
  struct fib_rule_hdr *info = nlmsg_data(header);
  if (info->family != AF_INET && info->family != AF_INET6) return FS_SKIP;
  if (nlmsg_parse(header, sizeof *info, attributes, FRA_MAX, rule_policy) < 0) return EBADMSG;
  rule->ipv6 = info->family == AF_INET6;
  rule->action = info->action;
  rule->invert = (info->flags & FIB_RULE_INVERT) != 0;
  rule->target = attributes[FRA_GOTO] != NULL ? nla_get_u32(attributes[FRA_GOTO]) : 0;
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
      session, RTM_GETRULE, &header, sizeof header, RTM_NEWRULE, fs_decode_rule, sizeof **list, (void **)list, count,
      error);
}

// Built by hand: libnl's rules have no way to say "not".
static struct nl_msg *rule_message(int type, int flags, const fs_rule *rule) {
  struct fib_rule_hdr header = {
      .family = rule->ipv6 ? AF_INET6 : AF_INET,
      .action = rule->action,
      .flags = rule->invert ? FIB_RULE_INVERT : 0,
      // Larger numbers stand in the attribute.
      .table = rule->table < 256 ? (uint8_t)rule->table : 0,
  };
  struct nl_msg *message = nlmsg_alloc_simple(type, NLM_F_REQUEST | flags);
  if (message == NULL) return NULL;
  int failed = nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0 ||
               nla_put_u32(message, FRA_PRIORITY, rule->priority) < 0;
  if (rule->table != 0) failed = failed || nla_put_u32(message, FRA_TABLE, rule->table) < 0;
  if (rule->target != 0) failed = failed || nla_put_u32(message, FRA_GOTO, rule->target) < 0;
  if (rule->protocol != 0) failed = failed || nla_put_u8(message, FRA_PROTOCOL, rule->protocol) < 0;
  if (rule->has_mark)
    failed = failed || nla_put_u32(message, FRA_FWMARK, rule->mark) < 0 ||
             nla_put_u32(message, FRA_FWMASK, rule->mask) < 0;
  if (!failed) return message;
  nlmsg_free(message);
  return NULL;
}

int fs_rule_add(fs_netlink *session, const fs_rule *rule, fs_netlink_error *error) {
  return fs_execute(session, rule_message(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule), error);
}

int fs_rule_delete(fs_netlink *session, const fs_rule *rule, fs_netlink_error *error) {
  return fs_execute(session, rule_message(RTM_DELRULE, 0, rule), error);
}
