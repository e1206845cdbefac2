// What the daemon needs of libbpf, with plain C types. Every function that can fail returns 0 or a file descriptor,
// or a negative errno.
#ifndef FS_BPF_H
#define FS_BPF_H

#include <stddef.h>
#include <stdint.h>

struct fs_bpf_object;

// Opens an object from memory. NULL: *error says why (a negative errno).
struct fs_bpf_object *fs_bpf_open(const void *bytes, size_t size, int *error);
void fs_bpf_close(struct fs_bpf_object *object);
int fs_bpf_resize(struct fs_bpf_object *object, const char *map, uint32_t value_size, uint32_t entries);
// The map's own memory is not made; that of `fd` is used.
int fs_bpf_reuse(struct fs_bpf_object *object, const char *map, int fd);
// Fills a read-only data section before loading; `size` must be the section's.
int fs_bpf_set_constants(struct fs_bpf_object *object, const char *section, const void *value, size_t size);
// Loads one of the object's programs, and makes all maps. The verifier's words, if it has any, end in `log` (always terminated).
int fs_bpf_load(struct fs_bpf_object *object, const char *program, char *log, size_t log_size);
int fs_bpf_program(struct fs_bpf_object *object, const char *program);
int fs_bpf_map(struct fs_bpf_object *object, const char *map);

int fs_bpf_pin(int fd, const char *path);
int fs_bpf_get(const char *path);
int fs_bpf_cpus(void);
int fs_bpf_map_update(int fd, const void *key, const void *value);
int fs_bpf_map_lookup(int fd, const void *key, void *value);
int fs_bpf_map_delete(int fd, const void *key);

struct fs_bpf_map_facts {
  uint32_t type, key_size, value_size, max_entries, id;
};
int fs_bpf_map_facts(int fd, struct fs_bpf_map_facts *facts);

struct fs_bpf_program_facts {
  uint32_t id, xlated_bytes, jited_bytes, verified_instructions;
};
int fs_bpf_program_facts(int fd, struct fs_bpf_program_facts *facts);
// Identifications of the maps that a program uses: how many there are, of which the first `room` are entered.
int fs_bpf_program_maps(int fd, uint32_t *map_ids, uint32_t room);

// mode: 1 native, 2 generic. Returns the link's descriptor.
int fs_bpf_attach_xdp(int program, int ifindex, int mode);
// At tc ingress, as a tcx link (Linux 6.6), behind the programs that are there. Returns the link's descriptor.
int fs_bpf_attach_tcx(int program, int ifindex);
// Identifications of the programs at tc ingress of an interface, as tcx links: how many there are, of which the first
// `room` are entered.
int fs_bpf_tcx_query(int ifindex, uint32_t *program_ids, uint32_t room);
int fs_bpf_link_update(int link, int program);
int fs_bpf_link_detach(int link);
struct fs_bpf_link_facts {
  uint32_t id, program_id, ifindex, is_tcx;
};
int fs_bpf_link_facts(int fd, struct fs_bpf_link_facts *facts);
// The XDP program on an interface: 0 none. `mode` as above, 3 offloaded.
int fs_bpf_xdp_query(int ifindex, uint32_t *program_id, int *mode);
// Name of a loaded program, "" if it is gone.
int fs_bpf_program_name(uint32_t id, char *name, size_t size);
// Whether the kernel has a program, a map of that identification: 1, 0, or a negative errno.
int fs_bpf_is_program(uint32_t id);
int fs_bpf_is_map(uint32_t id);

// Rings of a perf event array, one a CPU. `on_event` gets a record with what follows it, each CPU's in their order;
// `on_lost` how many did not fit.
struct fs_bpf_ring;
typedef void (*fs_bpf_event)(void *context, int cpu, const void *bytes, uint32_t size);
typedef void (*fs_bpf_lost)(void *context, uint64_t count);
// `wake_each`: the reader is woken by each record, not when a good part is full.
struct fs_bpf_ring *fs_bpf_ring_open(int map, uint32_t pages, int wake_each, fs_bpf_event on_event,
                                     fs_bpf_lost on_lost, void *context, int *error);
// Waits at most so long for what the ring wakes for, then handles all that is there. Negative errno, or events handled.
int fs_bpf_ring_poll(struct fs_bpf_ring *ring, int milliseconds);
void fs_bpf_ring_close(struct fs_bpf_ring *ring);

struct fs_bpf_run {
  const void *in;
  uint32_t in_size;
  void *out;
  uint32_t out_size; // in: room, out: bytes
  uint32_t ingress_ifindex;
  uint32_t repeat;
  uint32_t action;   // out: the program's return value
  uint32_t duration; // out: nanoseconds a run, mean
  uint32_t live;     // send the frames as if received on the interface
  uint32_t batch;    // live frames at once, 0: the kernel's choice
  uint32_t is_tc;    // the program is for tc ingress, not for XDP
  uint32_t gso_size; // for tc: of the payload of a frame that is yet to be segmented
  uint32_t words[2]; // out, for tc: skb->cb[0] and [1]
};
int fs_bpf_test_run(int program, struct fs_bpf_run *run);

#endif
