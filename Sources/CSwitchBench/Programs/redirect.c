// The ceiling: nothing but a redirect, from the client's port to the first server's and back.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
  __uint(type, BPF_MAP_TYPE_DEVMAP);
  __uint(max_entries, 2);
  __type(key, __u32);
  __type(value, __u32);
} ports SEC(".maps");

SEC("xdp") int forth(struct xdp_md *context) { return bpf_redirect_map(&ports, 0, 0); }
SEC("xdp") int back(struct xdp_md *context) { return bpf_redirect_map(&ports, 1, 0); }

char terms[] SEC("license") = "GPL";
