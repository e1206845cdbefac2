// What a switch in XDP does at the least: it reads the headers, and by a hash of the source picks one of four servers, whose
// MAC it writes. Nothing is checked or counted, and the servers are in one line of memory.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "bench_layout.h"

struct {
  __uint(type, BPF_MAP_TYPE_DEVMAP);
  __uint(max_entries, BENCH_MEMBERS + 1);
  __type(key, __u32);
  __type(value, __u32);
} ports SEC(".maps");

// The servers' MACs, as numbers of the wire.
struct servers {
  __u64 mac[BENCH_MEMBERS];
};
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct servers);
} servers SEC(".maps");

// As much as a switch knows of a cluster: a line of memory.
struct cluster {
  __u64 address;
  __u64 spare[7];
};
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, BENCH_CLUSTERS);
  __type(key, __u32);
  __type(value, struct cluster);
} clusters SEC(".maps");

static __always_inline int forward(struct xdp_md *context, int is_told_apart) {
  char *frame = (char *)(long)context->data;
  if (frame + 38 > (char *)(long)context->data_end) return XDP_PASS;
  if (*(__u16 *)(frame + 12) != 0x0008 || frame[14] != 0x45 || frame[23] != 6) return XDP_PASS;
  __u32 zero = 0, seed = 0;
  if (is_told_apart) {
    __u32 number = __builtin_bswap32(*(__u32 *)(frame + 2)) - BENCH_FIRST_MAC;
    struct cluster *cluster = bpf_map_lookup_elem(&clusters, &number);
    // No cluster's address is that.
    if (!cluster || cluster->address == 1) return XDP_DROP;
    seed = cluster->spare[0];
  }
  __u32 source = *(__u16 *)(frame + 26) | (__u32)*(__u16 *)(frame + 28) << 16;
  __u32 hash = (source ^ seed ^ *(__u16 *)(frame + 34)) * 0x9e3779b1u;
  __u32 chosen = hash >> 30;
  struct servers *all = bpf_map_lookup_elem(&servers, &zero);
  if (!all) return XDP_DROP;
  __u64 mac = all->mac[chosen & (BENCH_MEMBERS - 1)];
  *(__u32 *)frame = mac;
  *(__u16 *)(frame + 4) = mac >> 32;
  return bpf_redirect_map(&ports, chosen, 0);
}

SEC("xdp") int forth(struct xdp_md *context) { return forward(context, 0); }
SEC("xdp") int forth_among_many(struct xdp_md *context) { return forward(context, 1); }
SEC("xdp") int back(struct xdp_md *context) { return bpf_redirect_map(&ports, BENCH_MEMBERS, 0); }

char terms[] SEC("license") = "GPL";
