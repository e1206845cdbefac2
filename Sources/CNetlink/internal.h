#pragma once
#include "include/fs_netlink.h"

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

// A growing array of one item type.
typedef struct fs_list {
  void *items;
  size_t count;
  size_t capacity;
  size_t item_size;
} fs_list;

int fs_list_add(fs_list *list, const void *item);

// Decodes one message into *item. Returns 0 (take it), FS_SKIP (not for us), or a positive errno.
#define FS_SKIP (-1)
typedef int (*fs_decode)(struct nlmsghdr *header, void *item);

int fs_fail(fs_netlink_error *error, int code, const char *text);
int fs_fail_libnl(fs_netlink_error *error, int libnl_code);

// Sends `message` (which it frees), waits for the acknowledgement.
int fs_execute(fs_netlink *session, struct nl_msg *message, fs_netlink_error *error);
// The same, and decodes one answer of `type` into *item; ENOENT when there was none.
int fs_query(
    fs_netlink *session, struct nl_msg *message, int type, fs_decode decode, void *item, size_t item_size,
    fs_netlink_error *error);
// A dump, repeated while the kernel says that it changed under way, at most FS_DUMP_ATTEMPTS times.
#define FS_DUMP_ATTEMPTS 16
int fs_dump(
    fs_netlink *session, int request_type, const void *header, size_t header_length, int answer_type,
    fs_decode decode, size_t item_size, void **list, size_t *count, fs_netlink_error *error);

int fs_decode_link(struct nlmsghdr *header, void *item);
int fs_decode_address(struct nlmsghdr *header, void *item);
int fs_decode_neighbour(struct nlmsghdr *header, void *item);
int fs_decode_route(struct nlmsghdr *header, void *item);
int fs_decode_rule(struct nlmsghdr *header, void *item);

struct nl_addr *fs_build_address(const fs_address *address);
int fs_read_address(const struct nlattr *attribute, int family, fs_address *address);
