// What the eBPF target needs from C: helpers (a call of a constant address becomes a BPF helper call), the maps, the
// context. Numbers: enum bpf_func_id of <linux/bpf.h>.
#pragma once
#include "tables.h"

#define INL static inline __attribute__((always_inline))
#pragma clang assume_nonnull begin

typedef long long fs_i64;

struct xdp_md {
  fs_u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex;
};

// struct __sk_buff, as far as it is used.
struct fs_skb {
  fs_u32 len, pkt_type, mark, queue_mapping, protocol, vlan_present, vlan_tci, vlan_proto, priority;
  fs_u32 ingress_ifindex, ifindex, tc_index;
  fs_u32 cb0, cb1, cb2, cb3, cb4;
  fs_u32 hash, tc_classid, data, data_end;
  fs_u32 unused[23];
  fs_u32 gso_size;
};
_Static_assert(__builtin_offsetof(struct fs_skb, data) == 76, "data");
_Static_assert(__builtin_offsetof(struct fs_skb, gso_size) == 176, "gso_size");

enum { FS_XDP_ABORTED = 0, FS_XDP_DROP = 1, FS_XDP_PASS = 2, FS_XDP_TX = 3, FS_XDP_REDIRECT = 4 };

struct fs_map {
  int type;
};

INL void *_Nullable fs_lookup(struct fs_map *map, const fs_u32 *key) {
  void *(*f)(void *, const void *) = (void *)1;
  return f(map, key);
}
INL fs_u32 fs_cpu(void) {
  fs_u32 (*f)(void) = (void *)8;
  return f();
}
INL long fs_event_output(const void *ctx, struct fs_map *map, fs_u64 flags, struct fs_tap_event *event) {
  long (*f)(const void *, void *, fs_u64, void *, fs_u64) = (void *)25;
  return f(ctx, map, flags, event, sizeof(*event));
}
INL long fs_capture_output(
    const void *ctx, struct fs_map *map, fs_u64 flags, struct fs_capture_event *event) {
  long (*f)(const void *, void *, fs_u64, void *, fs_u64) = (void *)25;
  return f(ctx, map, flags, event, sizeof(*event));
}
INL fs_u64 fs_time(void) {
  fs_u64 (*f)(void) = (void *)5;
  return f();
}
INL long fs_adjust_head(const struct xdp_md *ctx, int delta) {
  long (*f)(const void *, int) = (void *)44;
  return f(ctx, delta);
}
INL long fs_redirect_map(struct fs_map *map, fs_u64 key, fs_u64 flags) {
  long (*f)(void *, fs_u64, fs_u64) = (void *)51;
  return f(map, key, flags);
}
INL long fs_clone_redirect(struct fs_skb *ctx, fs_u32 ifindex, fs_u64 flags) {
  long (*f)(void *, fs_u32, fs_u64) = (void *)13;
  return f(ctx, ifindex, flags);
}
// `type` as on the wire.
INL long fs_vlan_push(struct fs_skb *ctx, fs_u16 type, fs_u16 tci) {
  long (*f)(void *, fs_u16, fs_u16) = (void *)18;
  return f(ctx, type, tci);
}
INL long fs_vlan_pop(struct fs_skb *ctx) {
  long (*f)(void *) = (void *)19;
  return f(ctx);
}
INL long fs_redirect(fs_u32 ifindex, fs_u64 flags) {
  long (*f)(fs_u32, fs_u64) = (void *)23;
  return f(ifindex, flags);
}
INL long fs_pull_data(struct fs_skb *ctx, fs_u32 length) {
  long (*f)(void *, fs_u32) = (void *)39;
  return f(ctx, length);
}
// The same pointer, but the compiler no longer knows where it comes from.
INL void *fs_opaque(void *p) {
  __asm__ volatile("" : "+r"(p));
  return p;
}
// end - base, and the compiler may not combine it with other sums: the verifier knows the difference, but no other
// arithmetic with the end of a packet.
INL fs_i64 fs_distance(const void *base, const void *end) {
  fs_i64 bytes = (const char *)end - (const char *)base;
  __asm__("" : "+r"(bytes));
  return bytes;
}
// The same value, which neither the compiler nor the verifier knows any more: it went through memory.
INL fs_u64 fs_forget(fs_u64 *scratch, fs_u64 value) {
  *(volatile fs_u64 *)scratch = value;
  return *(volatile fs_u64 *)scratch;
}
INL void *fs_data(const struct xdp_md *ctx) { return (void *)(fs_u64)ctx->data; }
INL void *fs_data_end(const struct xdp_md *ctx) { return (void *)(fs_u64)ctx->data_end; }
INL void *fs_skb_data(const struct fs_skb *ctx) { return (void *)(fs_u64)*(const volatile fs_u32 *)&ctx->data; }
INL void *fs_skb_data_end(const struct fs_skb *ctx) { return (void *)(fs_u64)*(const volatile fs_u32 *)&ctx->data_end; }

#define FS_MAP(name)          \
  extern struct fs_map name;  \
  INL struct fs_map *map_##name(void) { return &name; }
FS_MAP(fs_settings)
FS_MAP(fs_ifindexes)
FS_MAP(fs_port_table)
FS_MAP(fs_clusters)
FS_MAP(fs_service_sets)
FS_MAP(fs_buckets)
FS_MAP(fs_bucket_counters)
FS_MAP(fs_transits)
FS_MAP(fs_members)
FS_MAP(fs_routers)
FS_MAP(fs_stations)
FS_MAP(fs_fragments)
FS_MAP(fs_flows)
FS_MAP(fs_sources)
FS_MAP(fs_answer_sets)
FS_MAP(fs_subnets)
FS_MAP(fs_reasons)
FS_MAP(fs_ports)
FS_MAP(fs_tap)
FS_MAP(fs_punts)
FS_MAP(fs_interfaces)

extern const volatile struct fs_dimensions fs_dimensions;
INL fs_u32 fs_member_shift(void) { return fs_dimensions.member_shift & 31; }
INL fs_u32 fs_bucket_shift(void) { return fs_dimensions.bucket_shift & 31; }
INL fs_u32 fs_flow_mask(void) { return fs_dimensions.flow_mask; }
INL fs_u32 fs_answer_mask(void) { return fs_dimensions.answer_mask; }
INL fs_u32 fs_source_mask(void) { return fs_dimensions.source_mask; }
INL fs_u32 fs_cpus(void) { return fs_dimensions.cpus; }

#pragma clang assume_nonnull end
