#include "include/fs_xdp.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

// linux/netdev.h, which older headers do not have.
#define NETDEV_DEV_GET 1
#define NETDEV_IFINDEX 1
#define NETDEV_XDP_FEATURES 3

struct request {
  struct nlmsghdr header;
  struct genlmsghdr generic;
  struct nlattr attribute;
  uint8_t value[24];
};

struct reply {
  union {
    struct nlmsghdr header;
    uint8_t bytes[16384];
  };
  size_t length;
};

static int ask(int fd, uint16_t family, uint8_t command, uint8_t version, uint16_t attribute, const void *value,
               size_t size, struct reply *reply) {
  struct request request = {0};
  if (size > sizeof request.value) return EINVAL;
  request.generic.cmd = command;
  request.generic.version = version;
  request.attribute.nla_type = attribute;
  request.attribute.nla_len = (uint16_t)(sizeof request.attribute + size);
  memcpy(request.value, value, size);
  request.header.nlmsg_len = (uint32_t)(offsetof(struct request, value) + NLA_ALIGN(size));
  request.header.nlmsg_type = family;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.header.nlmsg_seq = command;
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  if (sendto(fd, &request, request.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0) return errno;
  struct sockaddr_nl sender;
  do {
    socklen_t length = sizeof sender;
    ssize_t got = recvfrom(fd, reply->bytes, sizeof reply->bytes, 0, (struct sockaddr *)&sender, &length);
    if (got < 0) return errno;
    reply->length = (size_t)got;
  } while (sender.nl_pid != 0);  // only the kernel is believed
  if (reply->length < sizeof(struct nlmsghdr) || reply->header.nlmsg_len > reply->length ||
      reply->header.nlmsg_seq != command)
    return EPROTO;
  reply->length = reply->header.nlmsg_len;
  if (reply->header.nlmsg_type == NLMSG_ERROR) {
    if (reply->length < NLMSG_LENGTH(sizeof(struct nlmsgerr))) return EPROTO;
    int code = -((struct nlmsgerr *)NLMSG_DATA(&reply->header))->error;
    return code > 0 ? code : EPROTO;
  }
  return 0;
}

// Copies an attribute's value; an absent or shorter one is ENODATA.
static int find(const struct reply *reply, uint16_t wanted, void *value, size_t size) {
  size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
  while (at + sizeof(struct nlattr) <= reply->length) {
    struct nlattr attribute;
    memcpy(&attribute, reply->bytes + at, sizeof attribute);
    if (attribute.nla_len < sizeof attribute || at + attribute.nla_len > reply->length) return EPROTO;
    if ((attribute.nla_type & NLA_TYPE_MASK) == wanted) {
      if (attribute.nla_len - sizeof attribute < size) return ENODATA;
      memcpy(value, reply->bytes + at + sizeof attribute, size);
      return 0;
    }
    at += NLA_ALIGN(attribute.nla_len);
  }
  return ENODATA;
}

int fs_xdp_features(uint32_t index, uint64_t *features) {
  *features = 0;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  if (fd < 0) return errno;
  struct timeval patience = {.tv_sec = 2};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  static const char name[] = "netdev";
  struct reply reply;
  uint16_t family = 0;
  int code = ask(fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, CTRL_ATTR_FAMILY_NAME, name, sizeof name, &reply);
  if (code == 0) code = find(&reply, CTRL_ATTR_FAMILY_ID, &family, sizeof family);
  if (code == 0) code = ask(fd, family, NETDEV_DEV_GET, 1, NETDEV_IFINDEX, &index, sizeof index, &reply);
  if (code == 0) code = find(&reply, NETDEV_XDP_FEATURES, features, sizeof *features);
  close(fd);
  return code;
}
