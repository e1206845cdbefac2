// A peer: at tc ingress, what arrives for the shared address gets the MAC of one of four servers, by a hash of source
// address and port, and leaves at its port. What servers send goes to the client's.
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "bench_layout.h"

struct member {
  __u8 mac[6];
  __u16 unused;
  __u32 ifindex;
};

// The servers, then the client.
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, BENCH_MEMBERS + 1);
  __type(key, __u32);
  __type(value, struct member);
} members SEC(".maps");

SEC("tc") int forth(struct __sk_buff *context) {
  char *frame = (char *)(long)context->data;
  if (frame + 38 > (char *)(long)context->data_end) return TC_ACT_OK;
  if (*(__u16 *)(frame + 12) != 0x0008 || frame[14] != 0x45 || frame[23] != 6) return TC_ACT_OK;
  // 10.66.0.100
  if (*(__u16 *)(frame + 30) != 0x420a || *(__u16 *)(frame + 32) != 0x6400) return TC_ACT_OK;
  __u32 source = *(__u16 *)(frame + 26) | (__u32)*(__u16 *)(frame + 28) << 16;
  __u32 hash = (source ^ *(__u16 *)(frame + 34)) * 0x9e3779b1u;
  __u32 key = hash >> 30;
  struct member *member = bpf_map_lookup_elem(&members, &key);
  if (!member) return TC_ACT_SHOT;
  __builtin_memcpy(frame, member->mac, 6);
  return bpf_redirect(member->ifindex, 0);
}

SEC("tc") int back(struct __sk_buff *context) {
  __u32 key = BENCH_MEMBERS;
  struct member *client = bpf_map_lookup_elem(&members, &key);
  return client ? bpf_redirect(client->ifindex, 0) : TC_ACT_SHOT;
}

char terms[] SEC("license") = "GPL";
