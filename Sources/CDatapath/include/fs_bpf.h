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

// mode: 1 native, 2 generic. Returns the link's descriptor.
int fs_bpf_attach_xdp(int program, int ifindex, int mode);
int fs_bpf_link_update(int link, int program);
int fs_bpf_link_detach(int link);
struct fs_bpf_link_facts {
  uint32_t id, program_id, ifindex;
};
int fs_bpf_link_facts(int fd, struct fs_bpf_link_facts *facts);
// The XDP program on an interface: 0 none. `mode` as above, 3 offloaded.
int fs_bpf_xdp_query(int ifindex, uint32_t *program_id, int *mode);
// Name of a loaded program, "" if it is gone.
int fs_bpf_program_name(uint32_t id, char *name, size_t size);

// Rings of a perf event array, one a CPU. `on_event` gets a record with what follows it, each CPU's in their order;
// `on_lost` how many did not fit.
struct fs_bpf_ring;
typedef void (*fs_bpf_event)(void *context, int cpu, const void *bytes, uint32_t size);
typedef void (*fs_bpf_lost)(void *context, uint64_t count);
struct fs_bpf_ring *fs_bpf_ring_open(int map, uint32_t pages, fs_bpf_event on_event, fs_bpf_lost on_lost,
                                     void *context, int *error);
// Waits at most so long for a good part of a ring, then handles all that is there. Negative errno, or events handled.
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
};
int fs_bpf_test_run(int program, struct fs_bpf_run *run);

#endif
