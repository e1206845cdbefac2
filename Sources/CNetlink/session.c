#include "internal.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

// The kernel answers rtnetlink requests before sendmsg returns; this bounds what should never happen.
#define FS_ANSWER_SECONDS 5
// The kernel sizes the pieces of a dump by what the reader offered; 64 KiB holds the largest single answer as well.
#define FS_RECEIVE_BYTES (64 * 1024)

struct fs_netlink {
  struct nl_sock *socket;
};

// One request under way.
typedef struct fs_exchange {
  uint32_t sequence;
  int answer_type;
  fs_decode decode;
  fs_list *list;
  int done;
  int code;
  char text[160];
} fs_exchange;

int fs_fail(fs_netlink_error *error, int code, const char *text) {
  error->code = code;
  snprintf(error->text, sizeof error->text, "%s", text != NULL && *text != 0 ? text : strerror(code));
  return code;
}

int fs_fail_libnl(fs_netlink_error *error, int libnl_code) {
  static const struct {
    int libnl, posix;
  } codes[] = {
      {NLE_INTR, EINTR},          {NLE_BAD_SOCK, EBADF},       {NLE_AGAIN, EAGAIN},
      {NLE_NOMEM, ENOMEM},        {NLE_EXIST, EEXIST},         {NLE_INVAL, EINVAL},
      {NLE_RANGE, ERANGE},        {NLE_MSGSIZE, EMSGSIZE},     {NLE_OPNOTSUPP, EOPNOTSUPP},
      {NLE_AF_NOSUPPORT, EAFNOSUPPORT}, {NLE_OBJ_NOTFOUND, ENOENT}, {NLE_NOATTR, EBADMSG},
      {NLE_MISSING_ATTR, EBADMSG}, {NLE_SEQ_MISMATCH, EPROTO}, {NLE_MSG_OVERFLOW, EOVERFLOW},
      {NLE_MSG_TRUNC, EMSGSIZE},  {NLE_NOADDR, EADDRNOTAVAIL}, {NLE_PERM, EPERM},
      {NLE_NOACCESS, EACCES},     {NLE_BUSY, EBUSY},           {NLE_NODEV, ENODEV},
      {NLE_DUMP_INTR, EAGAIN},    {NLE_MSG_TOOSHORT, EBADMSG},
  };
  int wanted = libnl_code < 0 ? -libnl_code : libnl_code;
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
    if (codes[i].libnl == wanted) return fs_fail(error, codes[i].posix, nl_geterror(libnl_code));
  return fs_fail(error, EIO, nl_geterror(libnl_code));
}

int fs_list_add(fs_list *list, const void *item) {
  if (list->count == list->capacity) {
    size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
    void *items = reallocarray(list->items, capacity, list->item_size);
    if (items == NULL) return ENOMEM;
    list->items = items;
    list->capacity = capacity;
  }
  memcpy((char *)list->items + list->count * list->item_size, item, list->item_size);
  list->count++;
  return 0;
}

void fs_netlink_free_list(void *list) { free(list); }

int fs_netlink_open(fs_netlink **session, fs_netlink_error *error) {
  *session = NULL;
  fs_netlink *made = calloc(1, sizeof *made);
  if (made == NULL) return fs_fail(error, ENOMEM, NULL);
  made->socket = nl_socket_alloc();
  if (made->socket == NULL) {
    free(made);
    return fs_fail(error, ENOMEM, NULL);
  }
  int result = nl_connect(made->socket, NETLINK_ROUTE);
  if (result >= 0) result = nl_socket_set_msg_buf_size(made->socket, FS_RECEIVE_BYTES);
  if (result < 0) {
    fs_netlink_close(made);
    return fs_fail_libnl(error, result);
  }
  nl_socket_disable_auto_ack(made->socket);
  // A wish only, all three: older kernels know neither extended errors nor short ones, and the timeout is a belt.
  int fd = nl_socket_get_fd(made->socket), on = 1;
  struct timeval limit = {.tv_sec = FS_ANSWER_SECONDS};
  (void)setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  (void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  *session = made;
  return 0;
}

void fs_netlink_close(fs_netlink *session) {
  if (session == NULL) return;
  nl_socket_free(session->socket);
  free(session);
}

// Only the kernel speaks on these sockets.
static int on_message_in(struct nl_msg *message, void *argument) {
  (void)argument;
  struct sockaddr_nl *source = nlmsg_get_src(message);
  return source->nl_pid == 0 ? NL_OK : NL_SKIP;
}

// An answer to a request that we gave up on must not be taken for the answer to this one.
static int on_sequence(struct nl_msg *message, void *argument) {
  fs_exchange *exchange = argument;
  return nlmsg_hdr(message)->nlmsg_seq == exchange->sequence ? NL_OK : NL_SKIP;
}

static int on_valid(struct nl_msg *message, void *argument) {
  fs_exchange *exchange = argument;
  struct nlmsghdr *header = nlmsg_hdr(message);
  if (exchange->decode == NULL || header->nlmsg_type != exchange->answer_type || exchange->code != 0) return NL_OK;
  // Large enough for every fs_… item; the list knows the size of its own.
  union {
    fs_link link;
    fs_interface_address address;
    fs_neighbour neighbour;
    fs_route route;
    fs_rule rule;
  } item;
  memset(&item, 0, sizeof item);
  int result = exchange->decode(header, &item);
  if (result == FS_SKIP) return NL_OK;
  if (result == 0) result = fs_list_add(exchange->list, &item);
  // Read on to the end even so: what remained in the socket would meet the next request.
  if (result != 0) {
    exchange->code = result;
    snprintf(exchange->text, sizeof exchange->text, "a message of type %u could not be read", header->nlmsg_type);
  }
  return NL_OK;
}

static int on_acknowledged(struct nl_msg *message, void *argument) {
  (void)message;
  ((fs_exchange *)argument)->done = 1;
  return NL_STOP;
}

// NLMSG_DONE carries the dump's result; libnl does not look at it.
static int on_finished(struct nl_msg *message, void *argument) {
  fs_exchange *exchange = argument;
  struct nlmsghdr *header = nlmsg_hdr(message);
  exchange->done = 1;
  if (nlmsg_datalen(header) >= (int)sizeof(int32_t)) {
    int32_t result;
    memcpy(&result, nlmsg_data(header), sizeof result);
    if (result < 0 && exchange->code == 0) exchange->code = -result;
  }
  return NL_STOP;
}

static int on_refused(struct sockaddr_nl *source, struct nlmsgerr *refusal, void *argument) {
  (void)source;
  fs_exchange *exchange = argument;
  // libnl checked that the header and the whole nlmsgerr are within the datagram.
  struct nlmsghdr *header = (struct nlmsghdr *)((char *)refusal - NLMSG_HDRLEN);
  if (header->nlmsg_seq != exchange->sequence) return NL_SKIP;
  exchange->done = 1;
  exchange->code = refusal->error < 0 ? -refusal->error : EPROTO;
  if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return NL_STOP;

  // Kernel text (NLMSGERR_ATTR_MSG) follows nlmsgerr; after the whole request, unless that was capped to its header.
  size_t payload = (size_t)nlmsg_datalen(header), offset = NLMSG_ALIGN(sizeof *refusal);
  if ((header->nlmsg_flags & NLM_F_CAPPED) == 0 && refusal->msg.nlmsg_len > NLMSG_HDRLEN)
    offset += NLMSG_ALIGN((size_t)refusal->msg.nlmsg_len - NLMSG_HDRLEN);
  if (offset >= payload) return NL_STOP;
  struct nlattr *text =
      nla_find((struct nlattr *)((char *)refusal + offset), (int)(payload - offset), NLMSGERR_ATTR_MSG);
  if (text != NULL) nla_strlcpy(exchange->text, text, sizeof exchange->text);
  return NL_STOP;
}

static struct nl_cb *callbacks_of(fs_exchange *exchange) {
  struct nl_cb *callbacks = nl_cb_alloc(NL_CB_DEFAULT);
  if (callbacks == NULL) return NULL;
  nl_cb_set(callbacks, NL_CB_MSG_IN, NL_CB_CUSTOM, on_message_in, NULL);
  nl_cb_set(callbacks, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_sequence, exchange);
  nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, on_valid, exchange);
  nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, on_acknowledged, exchange);
  nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, on_finished, exchange);
  nl_cb_err(callbacks, NL_CB_CUSTOM, on_refused, exchange);
  return callbacks;
}

// Sends and reads until the exchange is over. A libnl code below 0, or 0 with the exchange's own code.
static int run(fs_netlink *session, struct nl_msg *message, fs_exchange *exchange) {
  struct nl_cb *callbacks = callbacks_of(exchange);
  if (callbacks == NULL) return -NLE_NOMEM;

  int result = nl_send_auto(session->socket, message);
  exchange->sequence = nlmsg_hdr(message)->nlmsg_seq;
  int interrupted = 0;
  while (result >= 0 && !exchange->done) {
    result = nl_recvmsgs(session->socket, callbacks);
    // Reported by libnl only once the whole dump was read.
    if (result == -NLE_DUMP_INTR) {
      interrupted = 1;
      result = 0;
      if (!exchange->done) break;
    }
  }
  nl_cb_put(callbacks);
  if (exchange->done && exchange->code != 0) return 0;
  if (interrupted) return -NLE_DUMP_INTR;
  return exchange->done ? 0 : result;
}

static int finish(const fs_exchange *exchange, int result, fs_netlink_error *error) {
  if (result == -NLE_AGAIN) return fs_fail(error, ETIMEDOUT, "the kernel did not answer");
  if (result < 0) return fs_fail_libnl(error, result);
  if (exchange->code != 0) return fs_fail(error, exchange->code, exchange->text);
  return 0;
}

int fs_query(
    fs_netlink *session, struct nl_msg *message, int type, fs_decode decode, void *item, size_t item_size,
    fs_netlink_error *error) {
  if (message == NULL) return fs_fail(error, ENOMEM, NULL);
  nlmsg_hdr(message)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
  fs_list list = {.item_size = item_size};
  fs_exchange exchange = {.answer_type = type, .decode = decode, .list = &list};
  int code = finish(&exchange, run(session, message, &exchange), error);
  nlmsg_free(message);
  if (code == 0 && decode != NULL) {
    if (list.count > 0)
      memcpy(item, list.items, item_size);
    else
      code = fs_fail(error, ENOENT, "the kernel's answer was empty");
  }
  free(list.items);
  return code;
}

int fs_execute(fs_netlink *session, struct nl_msg *message, fs_netlink_error *error) {
  return fs_query(session, message, 0, NULL, NULL, 0, error);
}

int fs_dump(
    fs_netlink *session, int request_type, const void *header, size_t header_length, int answer_type,
    fs_decode decode, size_t item_size, void **list, size_t *count, fs_netlink_error *error) {
  *list = NULL;
  *count = 0;
  fs_list items = {.item_size = item_size};
  int code = 0;
  for (int attempt = 0; attempt < FS_DUMP_ATTEMPTS; attempt++) {
    items.count = 0;
    struct nl_msg *message = nlmsg_alloc_simple(request_type, NLM_F_REQUEST | NLM_F_DUMP);
    if (message == NULL || nlmsg_append(message, (void *)header, header_length, NLMSG_ALIGNTO) < 0) {
      nlmsg_free(message);
      code = fs_fail(error, ENOMEM, NULL);
      break;
    }
    fs_exchange exchange = {.answer_type = answer_type, .decode = decode, .list = &items};
    int result = run(session, message, &exchange);
    nlmsg_free(message);
    code = finish(&exchange, result, error);
    if (result != -NLE_DUMP_INTR) break;
  }
  if (code != 0) {
    free(items.items);
    return code;
  }
  *list = items.items;
  *count = items.count;
  return 0;
}

struct nl_addr *fs_build_address(const fs_address *address) {
  if (address->length != 4 && address->length != 16) return NULL;
  struct nl_addr *built = nl_addr_build(address->length == 4 ? AF_INET : AF_INET6, address->bytes, address->length);
  if (built != NULL) nl_addr_set_prefixlen(built, address->prefix);
  return built;
}

int fs_read_address(const struct nlattr *attribute, int family, fs_address *address) {
  int length = family == AF_INET ? 4 : 16;
  if (nla_len(attribute) != length) return EBADMSG;
  memcpy(address->bytes, nla_data(attribute), (size_t)length);
  address->length = (uint8_t)length;
  address->prefix = (uint8_t)(length * 8);
  return 0;
}

// A datagram in place of a socket's.
typedef struct fs_given {
  const void *bytes;
  size_t length;
} fs_given;

// libnl's way to replace receiving has no argument for its caller.
static _Thread_local fs_given given;

static int receive_given(
    struct nl_sock *socket, struct sockaddr_nl *source, unsigned char **bytes, struct ucred **credentials) {
  (void)socket;
  (void)credentials;
  if (given.bytes == NULL) return -NLE_AGAIN;
  // Of its own size, so that a sanitizer sees every byte read beyond it.
  *bytes = malloc(given.length);
  if (*bytes == NULL) return -NLE_NOMEM;
  memcpy(*bytes, given.bytes, given.length);
  given.bytes = NULL;
  *source = (struct sockaddr_nl){.nl_family = AF_NETLINK};
  return (int)given.length;
}

int fs_answer_read(
    fs_answer_kind kind, const void *datagram, size_t length, void **list, size_t *count, fs_netlink_error *error) {
  static const struct {
    int type;
    fs_decode decode;
    size_t size;
  } kinds[] = {
      [FS_ANSWER_LINKS] = {RTM_NEWLINK, fs_decode_link, sizeof(fs_link)},
      [FS_ANSWER_ADDRESSES] = {RTM_NEWADDR, fs_decode_address, sizeof(fs_interface_address)},
      [FS_ANSWER_NEIGHBOURS] = {RTM_NEWNEIGH, fs_decode_neighbour, sizeof(fs_neighbour)},
      [FS_ANSWER_ROUTES] = {RTM_NEWROUTE, fs_decode_route, sizeof(fs_route)},
      [FS_ANSWER_RULES] = {RTM_NEWRULE, fs_decode_rule, sizeof(fs_rule)},
  };
  *list = NULL;
  *count = 0;
  if ((unsigned)kind >= sizeof kinds / sizeof kinds[0] || length == 0 || length > FS_RECEIVE_BYTES)
    return fs_fail(error, EINVAL, NULL);
  fs_list items = {.item_size = kinds[kind].size};
  fs_exchange exchange = {
      .sequence = 1, .answer_type = kinds[kind].type, .decode = kinds[kind].decode, .list = &items};
  struct nl_sock *socket = nl_socket_alloc();
  struct nl_cb *callbacks = callbacks_of(&exchange);
  int result = -NLE_NOMEM;
  if (socket != NULL && callbacks != NULL) {
    nl_cb_overwrite_recv(callbacks, receive_given);
    given = (fs_given){datagram, length};
    result = nl_recvmsgs(socket, callbacks);
    given = (fs_given){NULL, 0};
  }
  nl_cb_put(callbacks);
  nl_socket_free(socket);
  int code = exchange.done ? finish(&exchange, exchange.code != 0 ? 0 : result, error)
                           : fs_fail_libnl(error, result < 0 ? result : -NLE_AGAIN);
  if (code != 0) {
    free(items.items);
    return code;
  }
  *list = items.items;
  *count = items.count;
  return 0;
}
