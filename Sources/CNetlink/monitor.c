#include "internal.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct fs_link_monitor {
  struct nl_sock *socket;
  struct nl_cb *callbacks;
  fs_list events;
  int lost;  // a message could not be read or stored: as good as an overrun
};

static int decode_event(struct nlmsghdr *header, fs_link_event *event) {
  if (header->nlmsg_type != RTM_NEWLINK && header->nlmsg_type != RTM_DELLINK) return FS_SKIP;
  memset(event, 0, sizeof *event);
  event->removed = header->nlmsg_type == RTM_DELLINK;
  return fs_decode_link(header, &event->link);
}

static int on_event(struct nl_msg *message, void *argument) {
  fs_link_monitor *monitor = argument;
  fs_link_event event;
  int result = decode_event(nlmsg_hdr(message), &event);
  if (result == 0) result = fs_list_add(&monitor->events, &event);
  if (result > 0) monitor->lost = 1;
  return NL_OK;
}

static int on_message_in(struct nl_msg *message, void *argument) {
  (void)argument;
  return nlmsg_get_src(message)->nl_pid == 0 ? NL_OK : NL_SKIP;
}

static int on_overrun(struct nl_msg *message, void *argument) {
  (void)message;
  ((fs_link_monitor *)argument)->lost = 1;
  return NL_OK;
}

int fs_link_monitor_open(fs_link_monitor **monitor, int receive_buffer, fs_netlink_error *error) {
  *monitor = NULL;
  fs_link_monitor *made = calloc(1, sizeof *made);
  if (made == NULL) return fs_fail(error, ENOMEM, NULL);
  made->events.item_size = sizeof(fs_link_event);
  made->socket = nl_socket_alloc();
  made->callbacks = nl_cb_alloc(NL_CB_DEFAULT);
  if (made->socket == NULL || made->callbacks == NULL) {
    fs_link_monitor_close(made);
    return fs_fail(error, ENOMEM, NULL);
  }
  nl_socket_disable_seq_check(made->socket);
  nl_cb_set(made->callbacks, NL_CB_MSG_IN, NL_CB_CUSTOM, on_message_in, made);
  // Notifications are not numbered.
  nl_cb_set(made->callbacks, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_message_in, made);
  nl_cb_set(made->callbacks, NL_CB_VALID, NL_CB_CUSTOM, on_event, made);
  nl_cb_set(made->callbacks, NL_CB_OVERRUN, NL_CB_CUSTOM, on_overrun, made);

  int result = nl_connect(made->socket, NETLINK_ROUTE);
  if (result >= 0) result = nl_socket_set_msg_buf_size(made->socket, 64 * 1024);
  if (result >= 0) result = nl_socket_set_nonblocking(made->socket);
  if (result >= 0 && receive_buffer > 0) {
    // Beyond rmem_max where we may, else up to it; the kernel keeps its own minimum either way.
    int fd = nl_socket_get_fd(made->socket);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) != 0)
      (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  if (result >= 0) result = nl_socket_add_membership(made->socket, RTNLGRP_LINK);
  if (result < 0) {
    fs_link_monitor_close(made);
    return fs_fail_libnl(error, result);
  }
  *monitor = made;
  return 0;
}

int fs_link_monitor_fd(const fs_link_monitor *monitor) { return nl_socket_get_fd(monitor->socket); }

int fs_link_monitor_read(
    fs_link_monitor *monitor, int limit, fs_link_event **list, size_t *count, int *overrun, int *more,
    fs_netlink_error *error) {
  *list = NULL;
  *count = 0;
  *overrun = 0;
  *more = 1;
  int code = 0;
  monitor->lost = 0;
  for (int i = 0; i < limit; i++) {
    int result = nl_recvmsgs(monitor->socket, monitor->callbacks);
    if (result >= 0) continue;
    if (result == -NLE_AGAIN) {
      *more = 0;
      break;
    }
    // libnl folds ENOBUFS (the kernel dropped notifications) into "no memory". Both, and a datagram that does not
    // fit, mean that something was missed; the socket still holds what came after, so read on.
    if (result == -NLE_NOMEM || result == -NLE_MSG_TRUNC || result == -NLE_MSG_OVERFLOW) {
      *overrun = 1;
      continue;
    }
    code = fs_fail_libnl(error, result);
    break;
  }
  if (monitor->lost) *overrun = 1;
  *list = monitor->events.items;
  *count = monitor->events.count;
  monitor->events = (fs_list){.item_size = sizeof(fs_link_event)};
  return code;
}

void fs_link_monitor_close(fs_link_monitor *monitor) {
  if (monitor == NULL) return;
  nl_cb_put(monitor->callbacks);
  nl_socket_free(monitor->socket);
  free(monitor->events.items);
  free(monitor);
}

int fs_link_decode(const void *datagram, size_t length, fs_link_event *event, int *relevant) {
  *relevant = 0;
  // A copy of its own size, so that a sanitizer sees every byte read beyond it.
  struct nlmsghdr *header = malloc(length > 0 ? length : 1);
  if (header == NULL) return ENOMEM;
  if (length > 0) memcpy(header, datagram, length);
  int result = EBADMSG;
  if (length >= sizeof *header && length <= INT32_MAX && nlmsg_ok(header, (int)length))
    result = decode_event(header, event);
  free(header);
  if (result == FS_SKIP) return 0;
  *relevant = result == 0;
  return result;
}
