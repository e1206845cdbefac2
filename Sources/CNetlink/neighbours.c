#include "internal.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <netlink/route/neighbour.h>
#include <string.h>

int fs_decode_neighbour(struct nlmsghdr *header, void *item) {
  fs_neighbour *neighbour = item;
  struct nlattr *attributes[NDA_MAX + 1];
  if (!nlmsg_valid_hdr(header, sizeof(struct ndmsg))) return EBADMSG;
  struct ndmsg *info = nlmsg_data(header);
  if (info->ndm_family != AF_INET && info->ndm_family != AF_INET6) return FS_SKIP;
  if (nlmsg_parse(header, sizeof *info, attributes, NDA_MAX, NULL) < 0) return EBADMSG;
  if (attributes[NDA_DST] == NULL) return FS_SKIP;
  neighbour->index = (uint32_t)info->ndm_ifindex;
  neighbour->state = info->ndm_state;
  neighbour->flags = info->ndm_flags;
  struct nlattr *mac = attributes[NDA_LLADDR];
  if (mac != NULL && nla_len(mac) == (int)sizeof neighbour->mac) {
    memcpy(neighbour->mac, nla_data(mac), sizeof neighbour->mac);
    neighbour->mac_length = sizeof neighbour->mac;
  }
  return fs_read_address(attributes[NDA_DST], info->ndm_family, &neighbour->address);
}

int fs_neighbours(fs_netlink *session, fs_neighbour **list, size_t *count, fs_netlink_error *error) {
  struct ndmsg header = {.ndm_family = AF_UNSPEC};
  return fs_dump(
      session, RTM_GETNEIGH, &header, sizeof header, RTM_NEWNEIGH, fs_decode_neighbour, sizeof **list, (void **)list,
      count, error);
}

static int request(
    fs_netlink *session, const fs_neighbour *neighbour, int (*build)(struct rtnl_neigh *, int, struct nl_msg **),
    int flags, fs_netlink_error *error) {
  struct rtnl_neigh *built = rtnl_neigh_alloc();
  struct nl_addr *address = fs_build_address(&neighbour->address);
  struct nl_addr *mac =
      neighbour->mac_length == 6 ? nl_addr_build(AF_LLC, neighbour->mac, sizeof neighbour->mac) : NULL;
  struct nl_msg *message = NULL;
  int result = built == NULL || (mac == NULL && neighbour->mac_length != 0) ? -NLE_NOMEM
               : address == NULL                                            ? -NLE_INVAL
                                                                            : 0;
  if (result >= 0) {
    rtnl_neigh_set_ifindex(built, (int)neighbour->index);
    rtnl_neigh_set_state(built, neighbour->state);
    if (mac != NULL) rtnl_neigh_set_lladdr(built, mac);
    result = rtnl_neigh_set_dst(built, address);
  }
  if (result >= 0) result = build(built, flags, &message);
  nl_addr_put(mac);
  nl_addr_put(address);
  rtnl_neigh_put(built);
  if (result < 0) return fs_fail_libnl(error, result);
  return fs_execute(session, message, error);
}

int fs_neighbour_set(fs_netlink *session, const fs_neighbour *neighbour, int create, fs_netlink_error *error) {
  int flags = NLM_F_CREATE | (create ? NLM_F_EXCL : NLM_F_REPLACE);
  return request(session, neighbour, rtnl_neigh_build_add_request, flags, error);
}

int fs_neighbour_delete(fs_netlink *session, const fs_neighbour *neighbour, fs_netlink_error *error) {
  return request(session, neighbour, rtnl_neigh_build_delete_request, 0, error);
}
