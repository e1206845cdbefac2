// The generator. BPF_PROG_RUN runs it on live frames, and each that it answers with XDP_TX leaves the interface. The
// kernel recycles the pages and does not put back what a switch wrote into them, so the headers are written each time.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "bench_layout.h"

struct bench_generator generator;

// Further behind than this it does not catch up, because that would be a burst and not a rate.
#define PATIENCE (100000ull << 8)

SEC("xdp") int generate(struct xdp_md *context) {
  char *frame = (char *)(long)context->data;
  if (frame + BENCH_HEAD > (char *)(long)context->data_end) return XDP_ABORTED;
  struct bench_generator *g = &generator;
  if (g->limit && g->sent >= g->limit) return XDP_DROP;
  // The clock is asked once for all frames that are due, since it costs as much as a small switch.
  if (g->due) {
    g->due--;
  } else if (g->interval) {
    __u64 now = bpf_ktime_get_ns() << 8;
    if (now < g->next) return XDP_DROP;
    __u64 late = now - g->next;
    if (late > PATIENCE) {
      g->next = now;
      late = 0;
    }
    __u64 more = late / g->interval;
    g->due = more;
    g->next += (more + 1) * g->interval;
  }

  __u32 flow = g->flow;
  g->flow = flow + 1 < g->flows ? flow + 1 : 0;
  flow += g->first_flow;
  __u32 target = g->target;
  g->target = target + 1 < g->targets ? target + 1 : 0;
  __u32 source = 0xc6120000u + (flow >> 4); // 198.18.0.0/15, RFC 2544
  __u16 port = 1024 + ((flow & 15) << 8);

  __u64 stamp = 0;
  if (g->stamp_every && ++g->unstamped >= g->stamp_every) {
    g->unstamped = 0;
    stamp = bpf_ktime_get_ns();
  }
  __u64 *to = (__u64 *)frame;
#pragma unroll
  for (int i = 0; i < BENCH_HEAD / 8 - 1; i++) to[i] = g->head[i];
  to[BENCH_STAMP_AT / 8] = stamp;

  // Every target has the MAC and the address after the one before.
  *(__u32 *)(frame + 2) = __builtin_bswap32(g->target_mac + target);
  target += g->target_address;
  __u16 to_high = __builtin_bswap16(target >> 16), to_low = __builtin_bswap16(target);
  *(__u16 *)(frame + 30) = to_high;
  *(__u16 *)(frame + 32) = to_low;

  __u16 high = __builtin_bswap16(source >> 16), low = __builtin_bswap16(source);
  __u16 swapped = __builtin_bswap16(port);
  *(__u16 *)(frame + 26) = high;
  *(__u16 *)(frame + 28) = low;
  *(__u16 *)(frame + 34) = swapped;
  __u32 ip = g->ip_sum + high + low + to_high + to_low;
  ip = (ip & 0xffff) + (ip >> 16);
  ip = (ip & 0xffff) + (ip >> 16);
  *(__u16 *)(frame + 24) = ~ip;
  __u64 tcp = (__u64)g->tcp_sum + high + low + to_high + to_low + swapped;
  if (stamp) tcp += (stamp & 0xffff) + (stamp >> 16 & 0xffff) + (stamp >> 32 & 0xffff) + (stamp >> 48);
  tcp = (tcp & 0xffff) + (tcp >> 16);
  tcp = (tcp & 0xffff) + (tcp >> 16);
  *(__u16 *)(frame + 50) = ~tcp;
  g->sent++;
  return XDP_TX;
}

char terms[] SEC("license") = "GPL";
