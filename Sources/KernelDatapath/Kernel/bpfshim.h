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
// a != b, of which the verifier learns nothing: in a loop it would tell every a from every b.
INL int fs_differ(fs_u32 a, fs_u32 b) {
  fs_u32 difference = a ^ b;
  __asm__("" : "+r"(difference));
  return difference != 0;
}
// The same value, which neither the compiler nor the verifier knows any more: it went through memory.
INL fs_u64 fs_forget(fs_u64 *scratch, fs_u64 value) {
  *(volatile fs_u64 *)scratch = value;
  return *(volatile fs_u64 *)scratch;
}
INL void *fs_data(const struct xdp_md *ctx) { return (void *)(fs_u64)ctx->data; }
INL void *fs_data_end(const struct xdp_md *ctx) { return (void *)(fs_u64)ctx->data_end; }
// Loaded anew, whatever the compiler knows.
INL void *fs_data_again(const void *xdp) {
  return (void *)(fs_u64)*(const volatile fs_u32 *)&((const struct xdp_md *)xdp)->data;
}
INL void *fs_data_end_again(const void *xdp) {
  return (void *)(fs_u64)*(const volatile fs_u32 *)&((const struct xdp_md *)xdp)->data_end;
}
// Of a socket buffer always so: helpers and functions move the data, and the compiler does not know which.
#define SKB(context, field) (*(const volatile fs_u32 *)&((const struct fs_skb *)(context))->field)
INL void *fs_skb_data(const void *skb) { return (void *)(fs_u64)SKB(skb, data); }
INL void *fs_skb_data_end(const void *skb) { return (void *)(fs_u64)SKB(skb, data_end); }
INL fs_u32 fs_skb_length(const void *skb) { return SKB(skb, len); }
// As Frame.Aside has them; the segment's is what the program itself has entered (TC.swift).
INL fs_u32 fs_skb_segment(const void *skb) { return SKB(skb, cb4); }
INL fs_u32 fs_skb_tag(const void *skb) { return SKB(skb, vlan_present) << 16 | (SKB(skb, vlan_tci) & 0xffff); }

#define FS_MAP(name)          \
  extern struct fs_map name;  \
  INL struct fs_map *map_##name(void) { return &name; }
// A record of a table whose map is one value. The comparison bounds the number for the verifier, as the compiler shall not
// use another copy of it. The loader knows the last two instructions by their standing together: see fs_bpf.c.
#define FS_TABLE(name, record)                                                        \
  FS_MAP(name)                                                                        \
  INL void *_Nullable at_##name(fs_u32 index, fs_u32 count) {                         \
    __asm__("" : "+r"(count));                                                        \
    if (index >= count) return 0;                                                     \
    fs_u64 offset = index;                                                            \
    __asm__("" : "+r"(offset));                                                       \
    offset *= sizeof(struct record);                                                  \
    void *found;                                                                      \
    __asm__("%0 = %1 ll\n\t%0 += %2" : "=&r"(found) : "i"(&name), "r"(offset));       \
    __builtin_assume(found != 0);                                                     \
    return found;                                                                     \
  }
FS_TABLE(fs_settings, fs_switch)
FS_MAP(fs_ifindexes)
FS_TABLE(fs_port_table, fs_port)
FS_TABLE(fs_clusters, fs_cluster)
FS_TABLE(fs_service_sets, fs_services)
FS_TABLE(fs_buckets, fs_bucket)
FS_TABLE(fs_bucket_counters, fs_bucket_counter)
FS_MAP(fs_transits)
FS_TABLE(fs_members, fs_member)
FS_MAP(fs_routers)
FS_TABLE(fs_stations, fs_set)
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
INL fs_u32 fs_ports_all(void) { return fs_dimensions.ports; }
INL fs_u32 fs_clusters_all(void) { return fs_dimensions.clusters; }
INL fs_u32 fs_services_all(void) { return fs_dimensions.service_sets; }
INL fs_u32 fs_buckets_all(void) { return fs_dimensions.buckets; }
INL fs_u32 fs_bucket_counters_all(void) { return fs_dimensions.bucket_counters; }
INL fs_u32 fs_members_all(void) { return fs_dimensions.members; }

#pragma clang assume_nonnull end
