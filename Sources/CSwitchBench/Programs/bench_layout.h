// What the programs in the kernel and the bench share. Plain layouts, the same for both.
#ifndef BENCH_LAYOUT_H
#define BENCH_LAYOUT_H

#ifndef __bpf__
#include <stdint.h>
typedef uint64_t bench_u64;
typedef uint32_t bench_u32;
typedef uint16_t bench_u16;
#else
typedef __u64 bench_u64;
typedef __u32 bench_u32;
typedef __u16 bench_u16;
#endif

// The bytes of a frame that are written anew each time: headers, mark, timestamp. No frame is shorter.
#define BENCH_HEAD 64
// In the TCP payload, so that the sink tells the bench's frames from others.
#define BENCH_MARK 0x5753
#define BENCH_MARK_AT 54
// Nanoseconds of the boot clock, 0: none.
#define BENCH_STAMP_AT 56

// A logarithmic histogram: 32 steps to each doubling, so a value is known to 3 %. Below 32 each value is its own.
#define BENCH_STEPS 32
#define BENCH_SLOTS 1024

#define BENCH_MEMBERS 4
// Shared addresses, and the last four bytes of the MAC of the first; each has the MAC after the one before.
#define BENCH_CLUSTERS 10000
#define BENCH_FIRST_MAC 0x00be0201

// Written by the bench while nothing runs, except `stop`; the rest is the generator's.
struct bench_generator {
  bench_u64 head[BENCH_HEAD / 8]; // the frame's first bytes, without flow, timestamp and checksums
  bench_u64 interval;             // nanoseconds from frame to frame, in 1/256; 0: as fast as it goes
  bench_u64 limit;                // frames in all, 0: no limit
  bench_u32 flows;
  bench_u32 ip_sum;  // of what does not change
  bench_u32 tcp_sum; // of pseudo header, header and payload that do not change
  bench_u32 stamp_every;
  bench_u32 first_flow;     // so that two generators have flows of their own
  bench_u32 targets;        // taken in turns
  bench_u32 target_mac;     // of the first, the last four bytes
  bench_u32 target_address; // of the first
  // How far it is.
  bench_u64 sent;
  bench_u64 next; // when the next frame is due, in 1/256 ns
  bench_u64 due;  // frames that are due without another look at the clock
  bench_u32 flow;
  bench_u32 target;
  bench_u32 unstamped;
};

// One a CPU.
struct bench_sink {
  bench_u64 frames;
  bench_u64 bytes;
  bench_u64 others;  // frames of somebody else, which pass
  bench_u64 stamped;
  bench_u64 member[BENCH_MEMBERS]; // by the MAC that the frame came to
  bench_u64 slots[BENCH_SLOTS];
};
#define BENCH_SINK_WORDS 1032
_Static_assert(sizeof(struct bench_sink) == 8 * BENCH_SINK_WORDS, "the bench reads words");

#endif
