#include "internal.h"

#include <errno.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <string.h>

static const struct nla_policy route_policy[RTA_MAX + 1] = {
    [RTA_OIF] = {.type = NLA_U32},
    [RTA_TABLE] = {.type = NLA_U32},
    [RTA_PRIORITY] = {.type = NLA_U32},
};

int fs_decode_route(struct nlmsghdr *header, void *item) {
  fs_route *route = item;
  struct nlattr *attributes[RTA_MAX + 1];
  if (!nlmsg_valid_hdr(header, sizeof(struct rtmsg))) return EBADMSG;
  struct rtmsg *info = nlmsg_data(header);
  if (info->rtm_family != AF_INET && info->rtm_family != AF_INET6) return FS_SKIP;
  // Cached results of look-ups (exceptions to the MTU, redirects) are no routes.
  if (info->rtm_flags & RTM_F_CLONED) return FS_SKIP;
  if (nlmsg_parse(header, sizeof *info, attributes, RTA_MAX, route_policy) < 0) return EBADMSG;
  int result = 0;
  if (attributes[RTA_DST] != NULL) {
    result = fs_read_address(attributes[RTA_DST], info->rtm_family, &route->destination);
  } else {
    route->destination.length = info->rtm_family == AF_INET ? 4 : 16;
  }
  route->destination.prefix = info->rtm_dst_len;
  if (result == 0 && attributes[RTA_GATEWAY] != NULL)
    result = fs_read_address(attributes[RTA_GATEWAY], info->rtm_family, &route->gateway);
  if (result == 0 && attributes[RTA_PREFSRC] != NULL)
    result = fs_read_address(attributes[RTA_PREFSRC], info->rtm_family, &route->source);
  route->index = attributes[RTA_OIF] != NULL ? nla_get_u32(attributes[RTA_OIF]) : 0;
  route->table = attributes[RTA_TABLE] != NULL ? nla_get_u32(attributes[RTA_TABLE]) : info->rtm_table;
  route->metric = attributes[RTA_PRIORITY] != NULL ? nla_get_u32(attributes[RTA_PRIORITY]) : 0;
  route->protocol = info->rtm_protocol;
  route->scope = info->rtm_scope;
  route->type = info->rtm_type;
  route->onlink = (info->rtm_flags & RTNH_F_ONLINK) != 0;
  route->multipath = attributes[RTA_MULTIPATH] != NULL;
  return result;
}

int fs_routes(fs_netlink *session, int ipv6, fs_route **list, size_t *count, fs_netlink_error *error) {
  struct rtmsg header = {.rtm_family = ipv6 ? AF_INET6 : AF_INET};
  return fs_dump(
      session, RTM_GETROUTE, &header, sizeof header, RTM_NEWROUTE, fs_decode_route, sizeof **list, (void **)list, count,
      error);
}

static int build_nexthop(struct rtnl_route *built, const fs_route *route) {
  struct rtnl_nexthop *hop = rtnl_route_nh_alloc();
  if (hop == NULL) return -NLE_NOMEM;
  rtnl_route_nh_set_ifindex(hop, (int)route->index);
  if (route->gateway.length != 0) {
    struct nl_addr *gateway = fs_build_address(&route->gateway);
    if (gateway == NULL) {
      rtnl_route_nh_free(hop);
      return -NLE_INVAL;
    }
    rtnl_route_nh_set_gateway(hop, gateway);
    nl_addr_put(gateway);
  }
  // The route owns it from here.
  rtnl_route_add_nexthop(built, hop);
  return 0;
}

static int request(
    fs_netlink *session, const fs_route *route, int (*build)(struct rtnl_route *, int, struct nl_msg **), int flags,
    fs_netlink_error *error) {
  struct rtnl_route *built = rtnl_route_alloc();
  struct nl_addr *destination = fs_build_address(&route->destination);
  struct nl_msg *message = NULL;
  int result = built == NULL ? -NLE_NOMEM : destination == NULL ? -NLE_INVAL : 0;
  if (result >= 0) {
    rtnl_route_set_family(built, route->destination.length == 4 ? AF_INET : AF_INET6);
    rtnl_route_set_table(built, route->table);
    rtnl_route_set_protocol(built, route->protocol);
    rtnl_route_set_scope(built, route->scope);
    result = rtnl_route_set_type(built, route->type);
    if (route->metric != 0) rtnl_route_set_priority(built, route->metric);
    // With a single next hop its flags travel in the route's.
    if (route->onlink) rtnl_route_set_flags(built, RTNH_F_ONLINK);
  }
  if (result >= 0) result = rtnl_route_set_dst(built, destination);
  if (result >= 0 && route->source.length != 0) {
    struct nl_addr *source = fs_build_address(&route->source);
    result = source == NULL ? -NLE_INVAL : rtnl_route_set_pref_src(built, source);
    nl_addr_put(source);
  }
  if (result >= 0 && route->index != 0) result = build_nexthop(built, route);
  if (result >= 0) result = build(built, flags, &message);
  nl_addr_put(destination);
  rtnl_route_put(built);
  if (result < 0) return fs_fail_libnl(error, result);
  return fs_execute(session, message, error);
}

int fs_route_set(fs_netlink *session, const fs_route *route, int create, fs_netlink_error *error) {
  int flags = NLM_F_CREATE | (create ? NLM_F_EXCL : NLM_F_REPLACE);
  return request(session, route, rtnl_route_build_add_request, flags, error);
}

int fs_route_delete(fs_netlink *session, const fs_route *route, fs_netlink_error *error) {
  return request(session, route, rtnl_route_build_del_request, 0, error);
}
