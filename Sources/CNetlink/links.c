#include "internal.h"

#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <string.h>

static const struct nla_policy link_policy[IFLA_MAX + 1] = {
    [IFLA_IFNAME] = {.type = NLA_STRING, .maxlen = IFNAMSIZ},
    [IFLA_MTU] = {.type = NLA_U32},
    [IFLA_LINK] = {.type = NLA_U32},
    [IFLA_LINK_NETNSID] = {.type = NLA_U32},
    [IFLA_MASTER] = {.type = NLA_U32},
    [IFLA_OPERSTATE] = {.type = NLA_U8},
    [IFLA_CARRIER] = {.type = NLA_U8},
    [IFLA_PROMISCUITY] = {.type = NLA_U32},
    [IFLA_NUM_TX_QUEUES] = {.type = NLA_U32},
    [IFLA_NUM_RX_QUEUES] = {.type = NLA_U32},
    [IFLA_LINKINFO] = {.type = NLA_NESTED},
};

static const struct nla_policy info_policy[IFLA_INFO_MAX + 1] = {
    [IFLA_INFO_KIND] = {.type = NLA_STRING},
};

static uint32_t number(struct nlattr *attribute, uint32_t otherwise) {
  return attribute != NULL ? nla_get_u32(attribute) : otherwise;
}

// libnl's rtnl_link parser is not used here: it refuses a whole message over one attribute of a link type that it
// does not know in the running kernel's version, and a switch must see every link.
int fs_decode_link(struct nlmsghdr *header, void *item) {
  fs_link *link = item;
  struct nlattr *attributes[IFLA_MAX + 1];
  if (!nlmsg_valid_hdr(header, sizeof(struct ifinfomsg))) return EBADMSG;
  struct ifinfomsg *info = nlmsg_data(header);
  // Bridges report their ports as links of family AF_BRIDGE, and "delete" one when it only leaves the bridge.
  if (info->ifi_family != AF_UNSPEC) return FS_SKIP;
  if (nlmsg_parse(header, sizeof *info, attributes, IFLA_MAX, link_policy) < 0) return EBADMSG;
  if (info->ifi_index <= 0 || attributes[IFLA_IFNAME] == NULL) return EBADMSG;

  memset(link, 0, sizeof *link);
  link->index = (uint32_t)info->ifi_index;
  link->flags = info->ifi_flags;
  link->hardware_type = info->ifi_type;
  link->mtu = number(attributes[IFLA_MTU], 0);
  link->promiscuity = number(attributes[IFLA_PROMISCUITY], 0);
  link->tx_queues = number(attributes[IFLA_NUM_TX_QUEUES], 0);
  link->rx_queues = number(attributes[IFLA_NUM_RX_QUEUES], 0);
  link->master = number(attributes[IFLA_MASTER], 0);
  link->lower = number(attributes[IFLA_LINK], 0);
  link->lower_namespace = (int32_t)number(attributes[IFLA_LINK_NETNSID], (uint32_t)-1);
  link->carrier = attributes[IFLA_CARRIER] != NULL ? (int8_t)nla_get_u8(attributes[IFLA_CARRIER]) : -1;
  link->operstate = attributes[IFLA_OPERSTATE] != NULL ? nla_get_u8(attributes[IFLA_OPERSTATE]) : 0;
  nla_strlcpy(link->name, attributes[IFLA_IFNAME], sizeof link->name);

  struct nlattr *mac = attributes[IFLA_ADDRESS];
  if (mac != NULL && nla_len(mac) == (int)sizeof link->mac) {
    memcpy(link->mac, nla_data(mac), sizeof link->mac);
    link->mac_length = sizeof link->mac;
  }
  if (attributes[IFLA_LINKINFO] != NULL) {
    struct nlattr *kinds[IFLA_INFO_MAX + 1];
    if (nla_parse_nested(kinds, IFLA_INFO_MAX, attributes[IFLA_LINKINFO], info_policy) < 0) return EBADMSG;
    if (kinds[IFLA_INFO_KIND] != NULL) nla_strlcpy(link->kind, kinds[IFLA_INFO_KIND], sizeof link->kind);
  }
  return 0;
}

int fs_links(fs_netlink *session, fs_link **list, size_t *count, fs_netlink_error *error) {
  struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
  return fs_dump(
      session, RTM_GETLINK, &header, sizeof header, RTM_NEWLINK, fs_decode_link, sizeof **list, (void **)list, count,
      error);
}

static struct nl_msg *link_message(int type, uint32_t index, uint32_t flags, uint32_t mask) {
  struct ifinfomsg header = {
      .ifi_family = AF_UNSPEC, .ifi_index = (int)index, .ifi_flags = flags, .ifi_change = mask};
  struct nl_msg *message = nlmsg_alloc_simple(type, NLM_F_REQUEST);
  if (message != NULL && nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0) {
    nlmsg_free(message);
    return NULL;
  }
  return message;
}

int fs_link_by_index(fs_netlink *session, uint32_t index, fs_link *link, fs_netlink_error *error) {
  // 0 and what does not fit an int would mean something else to the kernel.
  if (index == 0 || index > INT32_MAX) return fs_fail(error, ENODEV, NULL);
  return fs_query(
      session, link_message(RTM_GETLINK, index, 0, 0), RTM_NEWLINK, fs_decode_link, link, sizeof *link, error);
}

int fs_link_by_name(fs_netlink *session, const char *name, fs_link *link, fs_netlink_error *error) {
  if (strlen(name) == 0 || strlen(name) >= IFNAMSIZ) return fs_fail(error, ENODEV, NULL);
  struct nl_msg *message = link_message(RTM_GETLINK, 0, 0, 0);
  if (message != NULL && nla_put_string(message, IFLA_IFNAME, name) < 0) {
    nlmsg_free(message);
    message = NULL;
  }
  return fs_query(session, message, RTM_NEWLINK, fs_decode_link, link, sizeof *link, error);
}

// rtnl_link_change is not used: it sends all flags as it last saw them, and would undo what another process changed
// in between. Here the kernel changes the bits of the mask and no other.
int fs_link_apply(fs_netlink *session, uint32_t index, const fs_link_change *change, fs_netlink_error *error) {
  if (index == 0 || index > INT32_MAX) return fs_fail(error, ENODEV, NULL);
  struct nl_msg *message = link_message(RTM_NEWLINK, index, change->flags, change->flag_mask);
  int result = 0;
  if (message != NULL && change->set_mtu) result = nla_put_u32(message, IFLA_MTU, change->mtu);
  if (message != NULL && result >= 0 && change->set_mac)
    result = nla_put(message, IFLA_ADDRESS, sizeof change->mac, change->mac);
  if (result < 0) {
    nlmsg_free(message);
    message = NULL;
  }
  return fs_execute(session, message, error);
}

int fs_link_delete(fs_netlink *session, uint32_t index, fs_netlink_error *error) {
  if (index == 0 || index > INT32_MAX) return fs_fail(error, ENODEV, NULL);
  return fs_execute(session, link_message(RTM_DELLINK, index, 0, 0), error);
}

static int describe(struct rtnl_link *link, const char *name, const uint8_t *mac, uint32_t mtu) {
  rtnl_link_set_name(link, name);
  if (mtu != 0) rtnl_link_set_mtu(link, mtu);
  if (mac == NULL) return 0;
  struct nl_addr *address = nl_addr_build(AF_LLC, mac, 6);
  if (address == NULL) return -NLE_NOMEM;
  rtnl_link_set_addr(link, address);
  nl_addr_put(address);
  return 0;
}

int fs_veth_create(
    fs_netlink *session, const char *name, const uint8_t *mac, const char *peer, const uint8_t *peer_mac,
    uint32_t mtu, fs_netlink_error *error) {
  if (strlen(name) >= IFNAMSIZ || strlen(peer) >= IFNAMSIZ) return fs_fail(error, EINVAL, "the name is too long");
  struct rtnl_link *link = rtnl_link_veth_alloc();
  if (link == NULL) return fs_fail(error, ENOMEM, NULL);
  struct rtnl_link *other = rtnl_link_veth_get_peer(link);
  struct nl_msg *message = NULL;
  int result = other == NULL ? -NLE_NOMEM : describe(other, peer, peer_mac, mtu);
  if (result >= 0) result = describe(link, name, mac, mtu);
  if (result >= 0) result = rtnl_link_build_add_request(link, NLM_F_CREATE | NLM_F_EXCL, &message);
  if (other != NULL) rtnl_link_put(other);
  rtnl_link_veth_release(link);
  if (result < 0) return fs_fail_libnl(error, result);
  return fs_execute(session, message, error);
}
