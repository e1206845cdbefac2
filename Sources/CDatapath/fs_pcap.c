#include "include/fs_pcap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

struct fs_capture {
  pcap_t *pcap;
  uint32_t index;
};

static int fail(fs_capture_error *error, int kind, const char *text) {
  error->kind = kind;
  snprintf(error->text, sizeof error->text, "%s", text);
  return -1;
}

static int exists(int fd, uint32_t index) {
  // By the socket, whose namespace is the interface's, not the calling thread's.
  struct ifreq request = {.ifr_ifindex = (int)index};
  return ioctl(fd, SIOCGIFNAME, &request) == 0 || errno != ENODEV;
}

static int kind_of(int status) {
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return FS_CAPTURE_NO_INTERFACE;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return FS_CAPTURE_NO_PERMISSION;
    case PCAP_ERROR_IFACE_NOT_UP:
      return FS_CAPTURE_LINK_DOWN;
    default:
      return FS_CAPTURE_FAILED;
  }
}

int fs_capture_set_filter(fs_capture *capture, const char *filter, fs_capture_error *error) {
  struct bpf_program program;
  if (filter == NULL) filter = "";
  if (pcap_compile(capture->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
    return fail(error, FS_CAPTURE_BAD_FILTER, pcap_geterr(capture->pcap));
  int result = pcap_setfilter(capture->pcap, &program);
  pcap_freecode(&program);
  if (result != 0) return fail(error, FS_CAPTURE_FAILED, pcap_geterr(capture->pcap));
  return 0;
}

fs_capture *fs_capture_open(
    const char *interface, const char *filter, const fs_capture_options *options, fs_capture_error *error) {
  char text[PCAP_ERRBUF_SIZE] = "";
  // libpcap opens other things than interfaces ("any", usbmon…), and what it says of a missing one differs by its age.
  uint32_t index = if_nametoindex(interface);
  if (index == 0) {
    fail(error, FS_CAPTURE_NO_INTERFACE, "no such interface");
    return NULL;
  }
  fs_capture *made = calloc(1, sizeof *made);
  if (made == NULL) {
    fail(error, FS_CAPTURE_FAILED, strerror(ENOMEM));
    return NULL;
  }
  made->index = index;
  made->pcap = pcap_create(interface, text);
  if (made->pcap == NULL) {
    fail(error, FS_CAPTURE_FAILED, text);
    free(made);
    return NULL;
  }
  pcap_set_snaplen(made->pcap, options->snapshot_length);
  pcap_set_buffer_size(made->pcap, options->buffer_bytes);
  pcap_set_promisc(made->pcap, options->promiscuous);
  // A frame is to be seen when it comes, not when a block of the ring is full.
  pcap_set_immediate_mode(made->pcap, 1);
  pcap_set_tstamp_precision(made->pcap, PCAP_TSTAMP_PRECISION_NANO);
  int status = pcap_activate(made->pcap);
  if (status < 0) {
    const char *detail = pcap_geterr(made->pcap);
    fail(error, kind_of(status), *detail != 0 ? detail : pcap_statustostr(status));
    fs_capture_close(made);
    return NULL;
  }
  int fd = pcap_get_selectable_fd(made->pcap), on = 1;
  // libpcap drops outgoing frames after they were copied to the ring (PCAP_D_IN); the kernel, from 4.20, before that.
  if (fd >= 0) (void)setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  if (fd < 0 || pcap_setdirection(made->pcap, PCAP_D_IN) != 0 || pcap_setnonblock(made->pcap, 1, text) != 0) {
    fail(error, FS_CAPTURE_FAILED, fd < 0 ? "the capture has no descriptor to poll" : pcap_geterr(made->pcap));
    fs_capture_close(made);
    return NULL;
  }
  if (pcap_datalink(made->pcap) != DLT_EN10MB) {
    fail(error, FS_CAPTURE_NOT_ETHERNET, "not an Ethernet interface");
    fs_capture_close(made);
    return NULL;
  }
  if (fs_capture_set_filter(made, filter, error) != 0) {
    fs_capture_close(made);
    return NULL;
  }
  return made;
}

int fs_capture_fd(const fs_capture *capture) { return pcap_get_selectable_fd(capture->pcap); }

uint32_t fs_capture_index(const fs_capture *capture) { return capture->index; }

typedef struct call {
  fs_capture_handler handler;
  void *context;
} call;

static void on_frame(u_char *argument, const struct pcap_pkthdr *header, const u_char *bytes) {
  const call *to = (const call *)argument;
  // With PCAP_TSTAMP_PRECISION_NANO tv_usec counts nanoseconds.
  to->handler(to->context, bytes, header->caplen, header->len, header->ts.tv_sec, header->ts.tv_usec);
}

int fs_capture_read(
    fs_capture *capture, int limit, fs_capture_handler handler, void *context, fs_capture_error *error) {
  call to = {.handler = handler, .context = context};
  int result = pcap_dispatch(capture->pcap, limit, on_frame, (u_char *)&to);
  if (result >= 0) return result;
  if (result == PCAP_ERROR_BREAK) return 0;
  if (!exists(pcap_fileno(capture->pcap), capture->index))
    return fail(error, FS_CAPTURE_NO_INTERFACE, "the interface is gone");
  return fail(error, kind_of(result), pcap_geterr(capture->pcap));
}

int fs_capture_statistics_read(fs_capture *capture, fs_capture_statistics *statistics, fs_capture_error *error) {
  struct pcap_stat counts = {0};
  if (pcap_stats(capture->pcap, &counts) != 0) return fail(error, FS_CAPTURE_FAILED, pcap_geterr(capture->pcap));
  *statistics = (fs_capture_statistics){
      .received = counts.ps_recv, .dropped = counts.ps_drop, .interface_dropped = counts.ps_ifdrop};
  return 0;
}

void fs_capture_close(fs_capture *capture) {
  if (capture == NULL) return;
  pcap_close(capture->pcap);
  free(capture);
}

int fs_injector_open(const char *interface, int send_buffer, int *fd, uint32_t *index) {
  *fd = -1;
  *index = if_nametoindex(interface);
  if (*index == 0) return ENODEV;
  // Protocol 0: a socket that only sends; the kernel hands it no frame.
  int made = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return errno;
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)*index};
  if (bind(made, (struct sockaddr *)&address, sizeof address) != 0) {
    int code = errno;
    close(made);
    return code;
  }
  if (send_buffer > 0 && setsockopt(made, SOL_SOCKET, SO_SNDBUFFORCE, &send_buffer, sizeof send_buffer) != 0)
    (void)setsockopt(made, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
  *fd = made;
  return 0;
}

int fs_inject(int fd, const void *frame, size_t length) {
  for (;;) {
    if (send(fd, frame, length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return 0;
    if (errno != EINTR) return errno;
  }
}

int fs_injector_alive(int fd, uint32_t index) { return exists(fd, index); }
