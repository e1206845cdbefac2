// What the tests need of Linux and Glibc does not show to Swift: namespaces, mounts, CPU affinity; and two eBPF programs
// to compare with. Functions return 0 or a descriptor, or a negative errno.
#ifndef CSUPPORT_H
#define CSUPPORT_H

#include <stdint.h>

// The calling thread's CPU set, to be given back; at most 1024 CPUs.
struct cs_affinity {
  uint64_t words[16];
};
int cs_current_cpu(void);
int cs_pin_thread(int cpu, struct cs_affinity *before);
int cs_unpin_thread(const struct cs_affinity *before);

// The calling thread's network namespace.
int cs_current_net(void);
int cs_enter_net(int fd);
// The calling thread gets a new one.
int cs_new_net(void);

int cs_mount_bpffs(const char *folder);
// Out of the tree at once; gone when nobody uses it.
int cs_unmount(const char *folder);

// `size` bytes that end where an inaccessible page begins. NULL: no memory.
void *cs_guarded(uint64_t size);
void cs_unguard(void *memory, uint64_t size);

// XDP programs that answer XDP_PASS, and that only redirect to entry `key` of a devmap. Return the descriptor.
int cs_load_empty(void);
int cs_load_redirect(int devmap, uint32_t key);
// The same at tc ingress: TC_ACT_OK, and a redirection to an interface.
int cs_load_empty_tc(void);
int cs_load_redirect_tc(uint32_t ifindex);
// A devmap with room for 256 interfaces.
int cs_make_devmap(void);

// 1 if the bytes are equal.
int cs_same(const void *a, const void *b, uint64_t size);

// A nanosecond clock that nobody sets.
uint64_t cs_now(void);

#endif
