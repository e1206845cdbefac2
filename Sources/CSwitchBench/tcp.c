#define _GNU_SOURCE
#include "CSwitchBench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 512 << 10, REQUEST = 16, LISTENERS = 16 };

struct sb_server {
  pthread_t thread;
  int poll, listeners[LISTENERS], count, avoid;
  _Atomic int stop;
  _Atomic uint64_t bytes;
  char room[ROOM];
};

static int make_address(const char *address, uint16_t port, struct sockaddr_in *to) {
  memset(to, 0, sizeof(*to));
  to->sin_family = AF_INET;
  to->sin_port = htons(port);
  return inet_pton(AF_INET, address, &to->sin_addr) == 1 ? 0 : -EINVAL;
}

// A socket of another namespace; the thread is back where it was.
static int socket_in(int net, int flags) {
  int home = sb_net_current();
  if (home < 0) return home;
  int fd = sb_net_enter(net);
  if (fd == 0) {
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0) fd = -errno;
    // Nothing can be done about a thread that cannot go back; its sockets would then fail and say so.
    (void)sb_net_enter(home);
  }
  close(home);
  return fd;
}

static void watch(int poll, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static void *serve(void *argument) {
  struct sb_server *server = argument;
  (void)sb_avoid_cpu(server->avoid);
  struct epoll_event events[64];
  while (!server->stop) {
    int count = epoll_wait(server->poll, events, 64, 50);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd, listens = 0;
      for (int j = 0; j < server->count; j++) listens |= server->listeners[j] == fd;
      if (listens) {
        int made = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (made >= 0) watch(server->poll, made, EPOLLIN);
        continue;
      }
      ssize_t got = recv(fd, server->room, ROOM, 0);
      if (got <= 0) {
        if (got == 0 || errno != EAGAIN) close(fd);
        continue;
      }
      server->bytes += (uint64_t)got;
      if (server->room[0] == 'E') (void)!send(fd, server->room, (size_t)got, MSG_NOSIGNAL);
    }
  }
  return NULL;
}

struct sb_server *sb_server_start(const int *nets, int count, const char *address, uint16_t port, int avoid,
                                  int *error) {
  struct sockaddr_in at;
  struct sb_server *server = calloc(1, sizeof(*server));
  *error = server && count <= LISTENERS ? make_address(address, port, &at) : -ENOMEM;
  if (*error) {
    free(server);
    return NULL;
  }
  server->avoid = avoid;
  server->poll = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < count && !*error; i++) {
    int fd = socket_in(nets[i], SOCK_NONBLOCK), yes = 1;
    if (fd < 0) {
      *error = fd;
      break;
    }
    server->listeners[server->count++] = fd;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 1024) < 0) *error = -errno;
    watch(server->poll, fd, EPOLLIN);
  }
  if (!*error) *error = -pthread_create(&server->thread, NULL, serve, server);
  if (*error) {
    for (int i = 0; i < server->count; i++) close(server->listeners[i]);
    close(server->poll);
    free(server);
    return NULL;
  }
  return server;
}

uint64_t sb_server_bytes(struct sb_server *server) { return server->bytes; }

void sb_server_stop(struct sb_server *server) {
  server->stop = 1;
  pthread_join(server->thread, NULL);
  for (int i = 0; i < server->count; i++) close(server->listeners[i]);
  close(server->poll);
  free(server);
}

static void reset(int fd) {
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(fd);
}

// Non-blocking; it connects from here on.
static int connecting(int net, const struct sockaddr_in *to) {
  int fd = socket_in(net, SOCK_NONBLOCK), yes = 1;
  if (fd < 0) return fd;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) == 0 || errno == EINPROGRESS) return fd;
  int error = -errno;
  close(fd);
  return error;
}

// The calling thread on one CPU; what it may use otherwise is in `before`.
static void stay_on(int cpu, cpu_set_t *before) {
  cpu_set_t set;
  sched_getaffinity(0, sizeof(*before), before);
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof(set), &set);
}

int sb_client_stream(int net, const char *address, uint16_t port, int connections, int milliseconds, int cpu) {
  cpu_set_t before;
  stay_on(cpu, &before);
  static char data[128 << 10] = "S";
  struct sockaddr_in to;
  int error = make_address(address, port, &to), poll = epoll_create1(EPOLL_CLOEXEC);
  int *all = calloc((size_t)connections, sizeof(*all)), made = 0;
  if (!all) error = -ENOMEM;
  for (; !error && made < connections; made++) {
    all[made] = connecting(net, &to);
    if (all[made] < 0) {
      error = all[made];
      break;
    }
    watch(poll, all[made], EPOLLOUT);
  }
  uint64_t end = sb_now() + (uint64_t)milliseconds * 1000000;
  struct epoll_event events[16];
  while (!error && sb_now() < end) {
    int count = epoll_wait(poll, events, 16, 20);
    for (int i = 0; i < count && !error; i++) {
      if (send(events[i].data.fd, data, sizeof(data), MSG_NOSIGNAL) < 0 && errno != EAGAIN) error = -errno;
    }
  }
  for (int i = 0; i < made; i++) reset(all[i]);
  free(all);
  close(poll);
  sched_setaffinity(0, sizeof(before), &before);
  return error;
}

int64_t sb_client_connect(int net, const char *address, uint16_t port, int at_once, int milliseconds, int cpu) {
  cpu_set_t before;
  stay_on(cpu, &before);
  struct sockaddr_in to;
  int error = make_address(address, port, &to), poll = epoll_create1(EPOLL_CLOEXEC), open = 0;
  int64_t answered = 0;
  uint64_t end = sb_now() + (uint64_t)milliseconds * 1000000;
  struct epoll_event events[64];
  char room[REQUEST] = "E";
  // What is open is found again by its number.
  unsigned char is_open[4096] = {0};
  while (!error && sb_now() < end) {
    while (open < at_once) {
      int fd = connecting(net, &to);
      if (fd < 0 || fd >= (int)sizeof(is_open)) {
        if (fd >= 0) close(fd);
        error = fd < 0 ? fd : -EMFILE;
        break;
      }
      is_open[fd] = 1;
      watch(poll, fd, EPOLLOUT);
      open++;
    }
    int count = epoll_wait(poll, events, 64, 20);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (is_open[fd] == 1 && !(events[i].events & (EPOLLERR | EPOLLHUP))) {
        room[0] = 'E';
        if (send(fd, room, sizeof(room), MSG_NOSIGNAL) == sizeof(room)) {
          is_open[fd] = 2;
          struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
          epoll_ctl(poll, EPOLL_CTL_MOD, fd, &event);
          continue;
        }
      }
      if (is_open[fd] == 2 && recv(fd, room, sizeof(room), 0) == sizeof(room)) answered++;
      is_open[fd] = 0;
      reset(fd);
      open--;
    }
  }
  for (int fd = 0; fd < (int)sizeof(is_open); fd++)
    if (is_open[fd]) reset(fd);
  close(poll);
  sched_setaffinity(0, sizeof(before), &before);
  return error ? error : answered;
}
