// The sink: counts the generator's frames, takes the time of those that carry one, and drops them. Others pass to the
// host. XDP takes socket buffers for less than tc ingress does: a peer that made some is not worse off.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "bench_layout.h"

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct bench_sink);
} sink SEC(".maps");

static __always_inline __u32 slot(__u64 value) {
  if (value < BENCH_STEPS) return value;
  __u32 exponent = 5;
  __u64 rest = value >> 6;
  if (rest >> 16) { exponent += 16; rest >>= 16; }
  if (rest >> 8) { exponent += 8; rest >>= 8; }
  if (rest >> 4) { exponent += 4; rest >>= 4; }
  if (rest >> 2) { exponent += 2; rest >>= 2; }
  if (rest >> 1) { exponent += 1; rest >>= 1; }
  if (rest) exponent += 1;
  __u32 index = (exponent - 4) * BENCH_STEPS + (value >> (exponent - 5)) - BENCH_STEPS;
  return index < BENCH_SLOTS ? index : BENCH_SLOTS - 1;
}

SEC("xdp") int absorb(struct xdp_md *context) {
  char *frame = (char *)(long)context->data, *end = (char *)(long)context->data_end;
  __u32 zero = 0;
  struct bench_sink *s = bpf_map_lookup_elem(&sink, &zero);
  if (!s) return XDP_ABORTED;
  if (frame + BENCH_HEAD > end || *(__u16 *)(frame + 12) != 0x0008 || *(__u16 *)(frame + BENCH_MARK_AT) != BENCH_MARK) {
    s->others++;
    return XDP_PASS;
  }
  s->frames++;
  s->bytes += end - frame;
  s->member[frame[5] & (BENCH_MEMBERS - 1)]++;
  __u64 stamp = *(__u64 *)(frame + BENCH_STAMP_AT);
  if (stamp) {
    __u32 index = slot(bpf_ktime_get_ns() - stamp);
    if (index < BENCH_SLOTS) s->slots[index]++;
    s->stamped++;
  }
  return XDP_DROP;
}

char terms[] SEC("license") = "GPL";
