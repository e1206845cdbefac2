// A generator of floods and a sink that counts them, both XDP programs. Frames are sent by BPF_PROG_RUN as live frames:
// the kernel uses its pages again and again, so every frame is written anew before it is sent. Functions return 0 or a
// descriptor, or a negative errno.
#ifndef CFLOOD_H
#define CFLOOD_H

#include <stdint.h>

#define CF_FRAME 256u // bytes of a frame at the most
#define CF_PATCHES 8u
#define CF_SUMS 2u

// What is written into a frame: the number of its source, in network order; or 16 random bits.
enum cf_word { CF_SOURCE, CF_RANDOM };

struct cf_patch {
  uint16_t offset;
  uint8_t word;
  uint8_t size; // 2 or 4 bytes
};

// An internet checksum (RFC 1071): of `base`, the sum of what stays, and of the words that are written.
struct cf_sum {
  uint16_t offset;
  uint16_t base;
  uint8_t source_times, random_times; // how often each stands in what is summed up
};

struct cf_flood {
  uint8_t frame[CF_FRAME];
  uint32_t length;       // a multiple of 8, 64 at the least
  uint32_t first_source; // host order
  uint32_t sources;      // so many from there on
  uint32_t patch_count, sum_count;
  struct cf_patch patches[CF_PATCHES];
  struct cf_sum sums[CF_SUMS];
};

// Loads a program that makes of every frame one of the flood's, and sends it out of the interface that it is run for.
int cf_load_flood(const struct cf_flood *flood);
// Sends `count` frames of `length` bytes out of an interface of the calling thread's network namespace, whose peer is
// then as if it had received them.
int cf_send(int program, uint32_t ifindex, uint32_t length, uint32_t count);

// Counts and drops, on an interface, what comes from the IPv4 or IPv6 addresses that begin with these four bytes (network
// order); passes the rest. `map` is where it counts.
int cf_attach_sink(uint32_t ifindex, uint32_t ipv4, uint32_t ipv4_mask, uint32_t ipv6, int *map);
// Frames that the sink counted.
int cf_read_sink(int map, uint64_t *frames);

#endif
