#include "internal.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <netlink/route/addr.h>
#include <string.h>

static const struct nla_policy address_policy[IFA_MAX + 1] = {
    [IFA_FLAGS] = {.type = NLA_U32},
};

int fs_decode_address(struct nlmsghdr *header, void *item) {
  fs_interface_address *address = item;
  struct nlattr *attributes[IFA_MAX + 1];
  if (!nlmsg_valid_hdr(header, sizeof(struct ifaddrmsg))) return EBADMSG;
  struct ifaddrmsg *info = nlmsg_data(header);
  if (info->ifa_family != AF_INET && info->ifa_family != AF_INET6) return FS_SKIP;
  if (nlmsg_parse(header, sizeof *info, attributes, IFA_MAX, address_policy) < 0) return EBADMSG;
  // On a point-to-point link IFA_ADDRESS is the other side; IPv6 without a peer has no IFA_LOCAL.
  struct nlattr *local = attributes[IFA_LOCAL] != NULL ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
  if (local == NULL) return FS_SKIP;
  address->index = info->ifa_index;
  address->scope = info->ifa_scope;
  address->flags = attributes[IFA_FLAGS] != NULL ? nla_get_u32(attributes[IFA_FLAGS]) : info->ifa_flags;
  int result = fs_read_address(local, info->ifa_family, &address->address);
  address->address.prefix = info->ifa_prefixlen;
  return result;
}

int fs_addresses(fs_netlink *session, fs_interface_address **list, size_t *count, fs_netlink_error *error) {
  struct ifaddrmsg header = {.ifa_family = AF_UNSPEC};
  return fs_dump(
      session, RTM_GETADDR, &header, sizeof header, RTM_NEWADDR, fs_decode_address, sizeof **list, (void **)list, count,
      error);
}

static int request(
    fs_netlink *session, const fs_interface_address *address, int (*build)(struct rtnl_addr *, int, struct nl_msg **),
    int flags, fs_netlink_error *error) {
  struct rtnl_addr *built = rtnl_addr_alloc();
  struct nl_addr *local = fs_build_address(&address->address);
  struct nl_msg *message = NULL;
  int result = built == NULL ? -NLE_NOMEM : local == NULL ? -NLE_INVAL : 0;
  if (result >= 0) {
    rtnl_addr_set_ifindex(built, (int)address->index);
    rtnl_addr_set_scope(built, address->scope);
    if (address->flags != 0) rtnl_addr_set_flags(built, address->flags);
    result = rtnl_addr_set_local(built, local);
  }
  if (result >= 0) {
    rtnl_addr_set_prefixlen(built, address->address.prefix);
    result = build(built, flags, &message);
  }
  nl_addr_put(local);
  rtnl_addr_put(built);
  if (result < 0) return fs_fail_libnl(error, result);
  return fs_execute(session, message, error);
}

int fs_address_add(fs_netlink *session, const fs_interface_address *address, fs_netlink_error *error) {
  return request(session, address, rtnl_addr_build_add_request, NLM_F_CREATE | NLM_F_EXCL, error);
}

int fs_address_delete(fs_netlink *session, const fs_interface_address *address, fs_netlink_error *error) {
  return request(session, address, rtnl_addr_build_delete_request, 0, error);
}
