// What the eBPF target needs from C: helpers (a call of a constant address becomes a BPF helper call), the maps, the
// context. Numbers: enum bpf_func_id of <linux/bpf.h>.
#pragma once
#include "tables.h"

#define INL static inline __attribute__((always_inline))
#pragma clang assume_nonnull begin

struct xdp_md {
  fs_u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex;
};

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
INL long fs_event_output(const struct xdp_md *ctx, struct fs_map *map, fs_u64 flags, struct fs_tap_event *event) {
  long (*f)(const void *, void *, fs_u64, void *, fs_u64) = (void *)25;
  return f(ctx, map, flags, event, sizeof(*event));
}
INL long fs_capture_output(
    const struct xdp_md *ctx, struct fs_map *map, fs_u64 flags, struct fs_capture_event *event) {
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
// The same pointer, but the compiler no longer knows where it comes from.
INL void *fs_opaque(void *p) {
  __asm__ volatile("" : "+r"(p));
  return p;
}
// The same value, which neither the compiler nor the verifier knows any more: it went through memory.
INL fs_u64 fs_forget(fs_u64 *scratch, fs_u64 value) {
  *(volatile fs_u64 *)scratch = value;
  return *(volatile fs_u64 *)scratch;
}
INL void *fs_data(const struct xdp_md *ctx) { return (void *)(fs_u64)ctx->data; }
INL void *fs_data_end(const struct xdp_md *ctx) { return (void *)(fs_u64)ctx->data_end; }
// Loaded anew, whatever the compiler knows.
INL void *fs_data_again(const struct xdp_md *ctx) { return (void *)(fs_u64)*(const volatile fs_u32 *)&ctx->data; }
INL void *fs_data_end_again(const struct xdp_md *ctx) {
  return (void *)(fs_u64)*(const volatile fs_u32 *)&ctx->data_end;
}

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
FS_MAP(fs_settings)
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
