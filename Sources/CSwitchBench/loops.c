// Peers in C that switch in user space, as short as they can be: a thread a port takes a frame, writes a member's MAC
// into it by a hash of its flow, and sends it. What servers send goes to the client's port as it is.
#define _GNU_SOURCE
#include "CSwitchBench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORTS = BENCH_MEMBERS + 1, FRAME = 2048, BLOCK = 1 << 18, BLOCKS = 32, AT_ONCE = 64 };

struct port {
  struct sb_loop *loop;
  pthread_t thread;
  int number, started;
  pcap_t *pcap;
  int socket;
  uint8_t *ring;
  // Where others' threads send out of it.
  int out[PORTS];
};

struct sb_loop {
  _Atomic int stop;
  uint8_t mac[BENCH_MEMBERS][6];
  struct port ports[PORTS];
};

// The port that a frame leaves at; its destination is rewritten.
static int choose(struct sb_loop *loop, int from, uint8_t *frame, uint32_t length) {
  if (from > 0) return 0;
  uint16_t type;
  memcpy(&type, frame + 12, 2);
  if (length < 38 || type != htons(ETH_P_IP) || frame[14] != 0x45) return 1;
  uint32_t source;
  uint16_t port;
  memcpy(&source, frame + 26, 4);
  memcpy(&port, frame + 34, 2);
  uint32_t member = ((source ^ port) * 0x9e3779b1u) >> 30;
  memcpy(frame, loop->mac[member], 6);
  return (int)member + 1;
}

// MARK: libpcap

static void *run_pcap(void *argument) {
  struct port *port = argument;
  struct pcap_pkthdr *header;
  const u_char *bytes;
  while (!port->loop->stop) {
    int got = pcap_next_ex(port->pcap, &header, &bytes);
    if (got < 0) break;
    if (got == 0 || header->caplen != header->len) continue;
    // The capture's own memory, which may be written to until the next frame is taken.
    uint8_t *frame = (uint8_t *)bytes;
    int to = choose(port->loop, port->number, frame, header->caplen);
    (void)pcap_inject(port->loop->ports[to].pcap, frame, header->caplen);
  }
  return NULL;
}

static pcap_t *open_pcap(const char *interface, int *error) {
  char text[PCAP_ERRBUF_SIZE];
  pcap_t *pcap = pcap_create(interface, text);
  *error = -ENOMEM;
  if (!pcap) return NULL;
  pcap_set_snaplen(pcap, FRAME);
  pcap_set_promisc(pcap, 1);
  // A frame is not to wait for others.
  pcap_set_immediate_mode(pcap, 1);
  pcap_set_buffer_size(pcap, BLOCK * BLOCKS);
  *error = -EIO;
  if (pcap_activate(pcap) < 0 || pcap_setdirection(pcap, PCAP_D_IN) < 0) {
    pcap_close(pcap);
    return NULL;
  }
  *error = 0;
  return pcap;
}

// MARK: TPACKET_V3

static int bind_to(int fd, const char *interface, int protocol) {
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons((uint16_t)protocol)};
  to.sll_ifindex = (int)if_nametoindex(interface);
  return bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static int open_sender(const char *interface) {
  int on = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  int error = setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) < 0 ? -errno : 0;
  if (!error) error = bind_to(fd, interface, 0);
  if (!error) return fd;
  close(fd);
  return error;
}

static int open_ring(struct port *port, const char *interface) {
  int version = TPACKET_V3, on = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  port->socket = fd;
  struct tpacket_req3 request = {.tp_block_size = BLOCK,
                                 .tp_block_nr = BLOCKS,
                                 .tp_frame_size = FRAME,
                                 .tp_frame_nr = BLOCK / FRAME * BLOCKS,
                                 .tp_retire_blk_tov = 1};
  struct packet_mreq promiscuous = {.mr_ifindex = (int)if_nametoindex(interface), .mr_type = PACKET_MR_PROMISC};
  if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
      setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) < 0 ||
      setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) < 0 ||
      setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof(promiscuous)) < 0)
    return -errno;
  void *ring = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (ring == MAP_FAILED) return -errno;
  port->ring = ring;
  return bind_to(fd, interface, ETH_P_ALL);
}

static void send_all(int fd, struct mmsghdr *messages, int count) {
  for (int sent = 0; sent < count;) {
    int now = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
    // One that cannot be sent is lost, as with a switch whose queue is full.
    sent += now > 0 ? now : 1;
  }
}

static void *run_ring(void *argument) {
  struct port *port = argument;
  struct mmsghdr messages[PORTS][AT_ONCE];
  struct iovec parts[PORTS][AT_ONCE];
  int counts[PORTS] = {0};
  memset(messages, 0, sizeof(messages));
  for (int to = 0; to < PORTS; to++)
    for (int i = 0; i < AT_ONCE; i++)
      messages[to][i].msg_hdr = (struct msghdr){.msg_iov = &parts[to][i], .msg_iovlen = 1};
  for (unsigned turn = 0; !port->loop->stop;) {
    struct tpacket_block_desc *block = (void *)(port->ring + (size_t)turn * BLOCK);
    if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
      struct pollfd wait = {.fd = port->socket, .events = POLLIN};
      (void)poll(&wait, 1, 50);
      continue;
    }
    struct tpacket3_hdr *one = (void *)((uint8_t *)block + block->hdr.bh1.offset_to_first_pkt);
    for (uint32_t i = 0; i < block->hdr.bh1.num_pkts; i++) {
      uint8_t *frame = (uint8_t *)one + one->tp_mac;
      if (one->tp_snaplen == one->tp_len && one->tp_len >= 14) {
        int to = choose(port->loop, port->number, frame, one->tp_len);
        parts[to][counts[to]++] = (struct iovec){frame, one->tp_len};
        if (counts[to] == AT_ONCE) {
          send_all(port->out[to], messages[to], AT_ONCE);
          counts[to] = 0;
        }
      }
      one = (void *)((uint8_t *)one + one->tp_next_offset);
    }
    // The frames are in the block, so they leave before it is given back.
    for (int to = 0; to < PORTS; to++) {
      send_all(port->out[to], messages[to], counts[to]);
      counts[to] = 0;
    }
    __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    turn = (turn + 1) % BLOCKS;
  }
  return NULL;
}

// MARK: Both

static int open_port(struct sb_loop *loop, int kind, int number) {
  struct port *port = &loop->ports[number];
  char name[IF_NAMESIZE];
  int error = 0;
  snprintf(name, sizeof(name), "p%d", number);
  if (kind == SB_LOOP_PCAP) {
    port->pcap = open_pcap(name, &error);
    return error;
  }
  error = open_ring(port, name);
  for (int to = 0; !error && to < PORTS; to++) {
    if (to == number) continue;
    snprintf(name, sizeof(name), "p%d", to);
    port->out[to] = open_sender(name);
    if (port->out[to] < 0) error = port->out[to];
  }
  return error;
}

struct sb_loop *sb_loop_start(int kind, int net, const uint8_t *macs, int *error) {
  struct sb_loop *loop = calloc(1, sizeof(*loop));
  *error = -ENOMEM;
  if (!loop) return NULL;
  memcpy(loop->mac, macs, sizeof(loop->mac));
  for (int i = 0; i < PORTS; i++) {
    loop->ports[i] = (struct port){.loop = loop, .number = i, .socket = -1};
    for (int to = 0; to < PORTS; to++) loop->ports[i].out[to] = -1;
  }
  int home = sb_net_current();
  *error = home < 0 ? home : sb_net_enter(net);
  for (int i = 0; !*error && i < PORTS; i++) *error = open_port(loop, kind, i);
  if (home >= 0) {
    (void)sb_net_enter(home);
    close(home);
  }
  for (int i = 0; !*error && i < PORTS; i++) {
    struct port *port = &loop->ports[i];
    *error = -pthread_create(&port->thread, NULL, kind == SB_LOOP_PCAP ? run_pcap : run_ring, port);
    port->started = !*error;
  }
  if (!*error) return loop;
  sb_loop_stop(loop);
  return NULL;
}

void sb_loop_stop(struct sb_loop *loop) {
  loop->stop = 1;
  for (int i = 0; i < PORTS; i++) {
    // It waits without end for a frame.
    if (loop->ports[i].pcap) pcap_breakloop(loop->ports[i].pcap);
    if (loop->ports[i].started) pthread_join(loop->ports[i].thread, NULL);
  }
  for (int i = 0; i < PORTS; i++) {
    struct port *port = &loop->ports[i];
    if (port->pcap) pcap_close(port->pcap);
    if (port->ring) munmap(port->ring, (size_t)BLOCK * BLOCKS);
    if (port->socket >= 0) close(port->socket);
    for (int to = 0; to < PORTS; to++)
      if (port->out[to] >= 0) close(port->out[to]);
  }
  free(loop);
}
