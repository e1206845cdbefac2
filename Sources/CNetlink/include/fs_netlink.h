#pragma once
#include <stddef.h>
#include <stdint.h>

// Conventions: every call returns 0 or a positive errno; on failure `error` (never NULL) holds the same code and the
// kernel's or libnl's text. Lists are malloc'ed and owned by the caller, who gives them to fs_netlink_free_list.
// A session is not thread safe. It belongs to the network namespace of the thread that opened it.

typedef struct fs_netlink fs_netlink;
typedef struct fs_link_monitor fs_link_monitor;

typedef struct fs_netlink_error {
  int32_t code;
  char text[192];
} fs_netlink_error;

// An address in wire order; length 0 stands for "none". `prefix` counts bits.
typedef struct fs_address {
  uint8_t bytes[16];
  uint8_t length;
  uint8_t prefix;
} fs_address;

typedef struct fs_link {
  uint32_t index;
  uint32_t flags;         // IFF_…
  uint32_t mtu;
  uint32_t promiscuity;   // how many want it promiscuous
  uint32_t tx_queues;
  uint32_t rx_queues;
  uint32_t master;        // 0: none
  uint32_t lower;         // IFLA_LINK: a veth's peer, a VLAN's parent; 0: none
  int32_t lower_namespace;  // -1: this namespace
  uint16_t hardware_type;   // ARPHRD_…
  uint8_t operstate;        // IF_OPER_…
  int8_t carrier;           // -1: not told
  uint8_t mac[6];
  uint8_t mac_length;
  char name[16];
  char kind[24];            // empty for a device of hardware
} fs_link;

typedef struct fs_link_event {
  uint8_t removed;
  fs_link link;
} fs_link_event;

// What to change; only fields whose `set_…` is not 0 are sent. Flags change under `flag_mask` only.
typedef struct fs_link_change {
  uint32_t flags;
  uint32_t flag_mask;
  uint32_t mtu;
  uint8_t set_mtu;
  uint8_t set_mac;
  uint8_t mac[6];
} fs_link_change;

typedef struct fs_interface_address {
  uint32_t index;
  uint32_t flags;  // IFA_F_…
  uint8_t scope;
  fs_address address;
} fs_interface_address;

typedef struct fs_neighbour {
  uint32_t index;
  uint16_t state;  // NUD_…
  uint8_t flags;   // NTF_…
  uint8_t mac_length;
  uint8_t mac[6];
  fs_address address;
} fs_neighbour;

typedef struct fs_route {
  fs_address destination;  // length is always 4 or 16: it tells the family
  fs_address gateway;
  fs_address source;       // what packets are to be sent from, where their sender does not say
  uint32_t index;
  uint32_t table;
  uint32_t metric;
  uint8_t protocol;
  uint8_t scope;
  uint8_t type;
  uint8_t onlink;
  uint8_t multipath;       // has several next hops, which are not reported
} fs_route;

typedef struct fs_rule {
  uint8_t ipv6;
  uint8_t protocol;
  uint8_t action;   // FR_ACT_…
  uint8_t invert;   // matches what its mark does not
  uint8_t has_mark;
  uint32_t mark;
  uint32_t mask;
  uint32_t table;
  uint32_t target;  // of FR_ACT_GOTO: the priority to go on at
  uint32_t priority;
} fs_rule;

int fs_netlink_open(fs_netlink **session, fs_netlink_error *error);
void fs_netlink_close(fs_netlink *session);
void fs_netlink_free_list(void *list);

int fs_links(fs_netlink *, fs_link **list, size_t *count, fs_netlink_error *error);
int fs_link_by_name(fs_netlink *, const char *name, fs_link *link, fs_netlink_error *error);
int fs_link_by_index(fs_netlink *, uint32_t index, fs_link *link, fs_netlink_error *error);
int fs_link_apply(fs_netlink *, uint32_t index, const fs_link_change *change, fs_netlink_error *error);
int fs_link_delete(fs_netlink *, uint32_t index, fs_netlink_error *error);
// MACs of six bytes or NULL for ones of the kernel's choice; mtu 0 for the default.
int fs_veth_create(
    fs_netlink *, const char *name, const uint8_t *mac, const char *peer, const uint8_t *peer_mac, uint32_t mtu,
    fs_netlink_error *error);

int fs_addresses(fs_netlink *, fs_interface_address **list, size_t *count, fs_netlink_error *error);
int fs_address_add(fs_netlink *, const fs_interface_address *, fs_netlink_error *error);
int fs_address_delete(fs_netlink *, const fs_interface_address *, fs_netlink_error *error);

int fs_neighbours(fs_netlink *, fs_neighbour **list, size_t *count, fs_netlink_error *error);
// create: fails with EEXIST when there is one; otherwise it is replaced.
int fs_neighbour_set(fs_netlink *, const fs_neighbour *, int create, fs_netlink_error *error);
int fs_neighbour_delete(fs_netlink *, const fs_neighbour *, fs_netlink_error *error);

int fs_routes(fs_netlink *, int ipv6, fs_route **list, size_t *count, fs_netlink_error *error);
int fs_route_set(fs_netlink *, const fs_route *, int create, fs_netlink_error *error);
int fs_route_delete(fs_netlink *, const fs_route *, fs_netlink_error *error);

int fs_rules(fs_netlink *, int ipv6, fs_rule **list, size_t *count, fs_netlink_error *error);
int fs_rule_add(fs_netlink *, const fs_rule *, fs_netlink_error *error);
int fs_rule_delete(fs_netlink *, const fs_rule *, fs_netlink_error *error);

// The link monitor: a socket of its own, subscribed to link changes, never blocking.
// receive_buffer: bytes, 0 for the system's default.
int fs_link_monitor_open(fs_link_monitor **monitor, int receive_buffer, fs_netlink_error *error);
int fs_link_monitor_fd(const fs_link_monitor *monitor);
// Reads what is there, at most `limit` datagrams. `overrun` is set to 1 when messages were lost or unreadable: the
// caller must dump anew once the socket is empty. `more` is set to 1 when the limit ended the reading.
int fs_link_monitor_read(
    fs_link_monitor *monitor, int limit, fs_link_event **list, size_t *count, int *overrun, int *more,
    fs_netlink_error *error);
void fs_link_monitor_close(fs_link_monitor *monitor);

// For tests of the decoder: one netlink datagram as the monitor would receive it. Returns 0, or EBADMSG.
int fs_link_decode(const void *datagram, size_t length, fs_link_event *event, int *relevant);

typedef enum fs_answer_kind {
  FS_ANSWER_LINKS,
  FS_ANSWER_ADDRESSES,
  FS_ANSWER_NEIGHBOURS,
  FS_ANSWER_ROUTES,
  FS_ANSWER_RULES,
} fs_answer_kind;

// For tests of the session: one datagram as the kernel's answer to request 1, read as fs_links, fs_addresses, … read
// it. No socket is used. EAGAIN where the answer is not complete.
int fs_answer_read(
    fs_answer_kind kind, const void *datagram, size_t length, void **list, size_t *count, fs_netlink_error *error);
