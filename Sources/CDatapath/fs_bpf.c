#include "fs_bpf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/perf_event.h>
#include <string.h>
#include <unistd.h>

struct fs_bpf_object {
  struct bpf_object *object;
};

// libbpf prints on its own otherwise; errors come back as codes, the verifier's words through the log.
static int quiet(enum libbpf_print_level level, const char *format, va_list arguments) {
  (void)level;
  if (getenv("FLOWSWITCH_LIBBPF_LOG")) return vfprintf(stderr, format, arguments);
  return 0;
}

static int failure(int error) { return error < 0 ? error : error > 0 ? -error : -EIO; }
static int result(int value) { return value < 0 ? (errno ? -errno : value) : value; }

// A table of one value is at an address, which libbpf has relocations for only where it made the map itself. So it fills in
// the map, as for a lookup; here the load becomes that of the address. Such loads are those to which something is added
// in the next instruction (FS_TABLE in bpfshim.h): to a map itself nothing can be.
static int use_addresses(struct bpf_program *program, struct bpf_prog_load_opts *options, long cookie) {
  (void)options;
  (void)cookie;
  size_t count = bpf_program__insn_cnt(program);
  struct bpf_insn *code = malloc(count * sizeof(*code));
  if (!code) return -ENOMEM;
  memcpy(code, bpf_program__insns(program), count * sizeof(*code));
  for (size_t i = 0; i + 2 < count; i++) {
    if (code[i].code != (BPF_LD | BPF_IMM | BPF_DW)) continue;
    const struct bpf_insn *next = &code[i + 2];
    if (code[i].src_reg == BPF_PSEUDO_MAP_FD && next->code == (BPF_ALU64 | BPF_ADD | BPF_X) &&
        next->dst_reg == code[i].dst_reg) {
      code[i].src_reg = BPF_PSEUDO_MAP_VALUE;
      code[i + 1].imm = 0;
    }
    i++;
  }
  int error = bpf_program__set_insns(program, code, count);
  free(code);
  return error;
}

static void register_handlers(void) {
  LIBBPF_OPTS(libbpf_prog_handler_opts, options, .prog_prepare_load_fn = use_addresses);
  libbpf_register_prog_handler("xdp", BPF_PROG_TYPE_XDP, BPF_XDP, &options);
  libbpf_register_prog_handler("tc", BPF_PROG_TYPE_SCHED_CLS, 0, &options);
}

struct fs_bpf_object *fs_bpf_open(const void *bytes, size_t size, int *error) {
  libbpf_set_print(quiet);
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, register_handlers);
  struct fs_bpf_object *handle = calloc(1, sizeof(*handle));
  if (!handle) {
    *error = -ENOMEM;
    return NULL;
  }
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "flowswitch");
  handle->object = bpf_object__open_mem(bytes, size, &options);
  if (!handle->object) {
    *error = failure(errno);
    free(handle);
    return NULL;
  }
  *error = 0;
  return handle;
}

void fs_bpf_close(struct fs_bpf_object *handle) {
  if (!handle) return;
  bpf_object__close(handle->object);
  free(handle);
}

static struct bpf_map *find_map(struct fs_bpf_object *handle, const char *name) {
  return bpf_object__find_map_by_name(handle->object, name);
}

int fs_bpf_resize(struct fs_bpf_object *handle, const char *name, uint32_t value_size, uint32_t entries) {
  struct bpf_map *map = find_map(handle, name);
  if (!map) return -ENOENT;
  int error = value_size == bpf_map__value_size(map) ? 0 : bpf_map__set_value_size(map, value_size);
  return error ? error : bpf_map__set_max_entries(map, entries);
}

int fs_bpf_reuse(struct fs_bpf_object *handle, const char *name, int fd) {
  struct bpf_map *map = find_map(handle, name);
  return map ? bpf_map__reuse_fd(map, fd) : -ENOENT;
}

int fs_bpf_set_constants(struct fs_bpf_object *handle, const char *section, const void *value, size_t size) {
  struct bpf_map *map = find_map(handle, section);
  size_t room = 0;
  if (!map || !bpf_map__initial_value(map, &room)) return -ENOENT;
  if (room != size) return -EMSGSIZE;
  return bpf_map__set_initial_value(map, value, size);
}

int fs_bpf_load(struct fs_bpf_object *handle, const char *name, char *log, size_t log_size) {
  struct bpf_program *program = bpf_object__find_program_by_name(handle->object, name);
  if (!program) return -ENOENT;
  log[0] = 0;
  struct bpf_program *other;
  bpf_object__for_each_program(other, handle->object) {
    int error = bpf_program__set_autoload(other, other == program);
    if (error) return error;
  }
  // Level 1 of the log costs seconds for a large program; it is asked for only when loading has failed.
  bpf_program__set_log_level(program, 0);
  int error = bpf_program__set_log_buf(program, log, log_size);
  if (error) return error;
  error = bpf_object__load(handle->object);
  log[log_size - 1] = 0;
  return error;
}

int fs_bpf_program(struct fs_bpf_object *handle, const char *name) {
  struct bpf_program *program = bpf_object__find_program_by_name(handle->object, name);
  return program ? bpf_program__fd(program) : -ENOENT;
}

int fs_bpf_map(struct fs_bpf_object *handle, const char *name) {
  struct bpf_map *map = find_map(handle, name);
  return map ? bpf_map__fd(map) : -ENOENT;
}

int fs_bpf_pin(int fd, const char *path) { return result(bpf_obj_pin(fd, path)); }
int fs_bpf_get(const char *path) { return result(bpf_obj_get(path)); }
int fs_bpf_cpus(void) { return libbpf_num_possible_cpus(); }

int fs_bpf_map_update(int fd, const void *key, const void *value) {
  return result(bpf_map_update_elem(fd, key, value, BPF_ANY));
}
int fs_bpf_map_lookup(int fd, const void *key, void *value) {
  return result(bpf_map_lookup_elem(fd, key, value));
}
int fs_bpf_map_delete(int fd, const void *key) { return result(bpf_map_delete_elem(fd, key)); }

int fs_bpf_map_facts(int fd, struct fs_bpf_map_facts *facts) {
  struct bpf_map_info info = {0};
  uint32_t size = sizeof(info);
  int error = result(bpf_obj_get_info_by_fd(fd, &info, &size));
  if (error) return error;
  *facts = (struct fs_bpf_map_facts){info.type, info.key_size, info.value_size, info.max_entries, info.id};
  return 0;
}

int fs_bpf_program_facts(int fd, struct fs_bpf_program_facts *facts) {
  struct bpf_prog_info info = {0};
  uint32_t size = sizeof(info);
  int error = result(bpf_obj_get_info_by_fd(fd, &info, &size));
  if (error) return error;
  *facts = (struct fs_bpf_program_facts){info.id, info.xlated_prog_len, info.jited_prog_len, info.verified_insns};
  return 0;
}

int fs_bpf_program_maps(int fd, uint32_t *map_ids, uint32_t room) {
  struct bpf_prog_info info = {.map_ids = (uint64_t)(uintptr_t)map_ids, .nr_map_ids = room};
  uint32_t size = sizeof(info);
  int error = result(bpf_obj_get_info_by_fd(fd, &info, &size));
  return error ? error : (int)info.nr_map_ids;
}

int fs_bpf_attach_xdp(int program, int ifindex, int mode) {
  LIBBPF_OPTS(bpf_link_create_opts, options,
              .flags = mode == 2 ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
  return result(bpf_link_create(program, ifindex, BPF_XDP, &options));
}

// Linux 6.6; headers of older distributions have neither.
enum { FS_TCX_INGRESS = 46, FS_LINK_TYPE_TCX = 11 };

int fs_bpf_attach_tcx(int program, int ifindex) {
  return result(bpf_link_create(program, ifindex, (enum bpf_attach_type)FS_TCX_INGRESS, NULL));
}

int fs_bpf_tcx_query(int ifindex, uint32_t *program_ids, uint32_t room) {
  uint32_t flags = 0, count = room;
  int error = result(bpf_prog_query(ifindex, (enum bpf_attach_type)FS_TCX_INGRESS, 0, &flags, program_ids, &count));
  return error == -ENOSPC || !error ? (int)count : error;
}

int fs_bpf_link_update(int link, int program) { return result(bpf_link_update(link, program, NULL)); }
int fs_bpf_link_detach(int link) { return result(bpf_link_detach(link)); }

int fs_bpf_link_facts(int fd, struct fs_bpf_link_facts *facts) {
  struct bpf_link_info info = {0};
  uint32_t size = sizeof(info);
  int error = result(bpf_obj_get_info_by_fd(fd, &info, &size));
  if (error) return error;
  // A tcx link has its interface in the same place.
  *facts = (struct fs_bpf_link_facts){info.id, info.prog_id, info.xdp.ifindex, info.type == FS_LINK_TYPE_TCX};
  return 0;
}

int fs_bpf_xdp_query(int ifindex, uint32_t *program_id, int *mode) {
  LIBBPF_OPTS(bpf_xdp_query_opts, options);
  int error = bpf_xdp_query(ifindex, 0, &options);
  if (error) return failure(error);
  *program_id = options.prog_id;
  *mode = options.attach_mode == XDP_ATTACHED_DRV   ? 1
          : options.attach_mode == XDP_ATTACHED_SKB ? 2
          : options.attach_mode == XDP_ATTACHED_HW  ? 3
                                                    : 0;
  return 0;
}

int fs_bpf_program_name(uint32_t id, char *name, size_t size) {
  if (!size) return -EINVAL;
  name[0] = 0;
  int fd = bpf_prog_get_fd_by_id(id);
  if (fd < 0) return result(fd);
  struct bpf_prog_info info = {0};
  uint32_t length = sizeof(info);
  int error = result(bpf_obj_get_info_by_fd(fd, &info, &length));
  if (!error) snprintf(name, size, "%s", info.name);
  extern int close(int);
  close(fd);
  return error;
}

static int is_open(int fd) {
  if (fd < 0) return result(fd) == -ENOENT ? 0 : result(fd);
  close(fd);
  return 1;
}

int fs_bpf_is_program(uint32_t id) { return is_open(bpf_prog_get_fd_by_id(id)); }
int fs_bpf_is_map(uint32_t id) { return is_open(bpf_map_get_fd_by_id(id)); }

struct fs_bpf_ring {
  struct perf_buffer *buffer;
  fs_bpf_event on_event;
  fs_bpf_lost on_lost;
  void *context;
};

static enum bpf_perf_event_ret ring_event(void *context, int cpu, struct perf_event_header *header) {
  struct fs_bpf_ring *ring = context;
  if (header->type == PERF_RECORD_SAMPLE) {
    const struct {
      struct perf_event_header header;
      uint32_t size;
      char bytes[];
    } *sample = (const void *)header;
    if (header->size >= sizeof(*sample) && sample->size <= header->size - sizeof(*sample))
      ring->on_event(ring->context, cpu, sample->bytes, sample->size);
  } else if (header->type == PERF_RECORD_LOST) {
    const struct {
      struct perf_event_header header;
      uint64_t id, lost;
    } *lost = (const void *)header;
    ring->on_lost(ring->context, lost->lost);
  }
  return LIBBPF_PERF_EVENT_CONT;
}

struct fs_bpf_ring *fs_bpf_ring_open(int map, uint32_t pages, int wake_each, fs_bpf_event on_event,
                                     fs_bpf_lost on_lost, void *context, int *error) {
  struct fs_bpf_ring *ring = calloc(1, sizeof(*ring));
  if (!ring) {
    *error = -ENOMEM;
    return NULL;
  }
  *ring = (struct fs_bpf_ring){NULL, on_event, on_lost, context};
  // To wake the reader costs more than a record: else it is done when an eighth is full.
  struct perf_event_attr attributes = {
      .size = sizeof(attributes),
      .type = PERF_TYPE_SOFTWARE,
      .config = PERF_COUNT_SW_BPF_OUTPUT,
      .sample_type = PERF_SAMPLE_RAW,
      .sample_period = 1,
      .watermark = !wake_each,
  };
  if (wake_each) attributes.wakeup_events = 1;
  else attributes.wakeup_watermark = pages * (uint32_t)sysconf(_SC_PAGESIZE) / 8;
  ring->buffer = perf_buffer__new_raw(map, pages, &attributes, ring_event, ring, NULL);
  if (!ring->buffer) {
    *error = failure(errno);
    free(ring);
    return NULL;
  }
  *error = 0;
  return ring;
}

int fs_bpf_ring_poll(struct fs_bpf_ring *ring, int milliseconds) {
  int handled = perf_buffer__poll(ring->buffer, milliseconds);
  int rest = perf_buffer__consume(ring->buffer);
  return handled < 0 && handled != -EINTR ? handled : rest;
}

void fs_bpf_ring_close(struct fs_bpf_ring *ring) {
  if (!ring) return;
  perf_buffer__free(ring->buffer);
  free(ring);
}

int fs_bpf_test_run(int program, struct fs_bpf_run *run) {
  struct {
    uint32_t data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex;
  } context = {0, run->in_size, 0, run->ingress_ifindex, 0, 0};
  struct __sk_buff before = {.ifindex = run->ingress_ifindex, .gso_size = run->gso_size}, after = {0};
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = run->in, .data_size_in = run->in_size,
              .repeat = (int)run->repeat);
  if (run->is_tc) {
    options.ctx_in = &before;
    options.ctx_size_in = sizeof(before);
    options.ctx_out = &after;
    options.ctx_size_out = sizeof(after);
  } else if (run->ingress_ifindex) {
    options.ctx_in = &context;
    options.ctx_size_in = sizeof(context);
  }
  if (run->live) {
    options.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
    options.batch_size = run->batch;
  } else {
    options.data_out = run->out;
    options.data_size_out = run->out_size;
  }
  int error = result(bpf_prog_test_run_opts(program, &options));
  run->out_size = options.data_size_out;
  run->action = options.retval;
  run->duration = options.duration;
  run->words[0] = after.cb[0];
  run->words[1] = after.cb[1];
  return error;
}
