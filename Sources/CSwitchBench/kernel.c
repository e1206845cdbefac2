#define _GNU_SOURCE
#include "CSwitchBench.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct sb_object {
  struct bpf_object *object;
};

static int result(int value) { return value < 0 ? (errno ? -errno : value) : value; }

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments) {
  if (level == LIBBPF_WARN && getenv("FLOWSWITCH_LIBBPF_LOG")) return vfprintf(stderr, format, arguments);
  return 0;
}

struct sb_object *sb_object_load(const char *path, int *error) {
  libbpf_set_print(quiet);
  struct sb_object *handle = calloc(1, sizeof(*handle));
  *error = -ENOMEM;
  if (!handle) return NULL;
  handle->object = bpf_object__open_file(path, NULL);
  if (!handle->object) {
    *error = -errno;
    free(handle);
    return NULL;
  }
  *error = bpf_object__load(handle->object);
  if (*error < 0) {
    sb_object_close(handle);
    return NULL;
  }
  return handle;
}

void sb_object_close(struct sb_object *handle) {
  if (!handle) return;
  bpf_object__close(handle->object);
  free(handle);
}

int sb_program(struct sb_object *handle, const char *name) {
  struct bpf_program *program = bpf_object__find_program_by_name(handle->object, name);
  return program ? bpf_program__fd(program) : -ENOENT;
}

int sb_map(struct sb_object *handle, const char *name) {
  return bpf_object__find_map_fd_by_name(handle->object, name);
}

int sb_map_set(int map, uint32_t key, const void *value) {
  return result(bpf_map_update_elem(map, &key, value, BPF_ANY));
}

int sb_map_sum(int map, void *value, size_t size) {
  int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) return cpus;
  uint64_t *all = malloc(size * (size_t)cpus), *sum = value;
  if (!all) return -ENOMEM;
  uint32_t key = 0;
  int error = result(bpf_map_lookup_elem(map, &key, all));
  if (!error) {
    size_t words = size / 8;
    memset(value, 0, size);
    for (size_t i = 0; i < words * (size_t)cpus; i++) sum[i % words] += all[i];
  }
  free(all);
  return error;
}

void *sb_variables(struct sb_object *handle, size_t size) {
  struct bpf_map *map = NULL;
  bpf_object__for_each_map(map, handle->object) {
    const char *name = bpf_map__name(map);
    size_t length = strlen(name);
    if (length < 4 || strcmp(name + length - 4, ".bss") != 0 || bpf_map__value_size(map) < size) continue;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
    return memory == MAP_FAILED ? NULL : memory;
  }
  return NULL;
}

int sb_attach_xdp(int ifindex, int program) {
  if (program < 0) return bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, NULL);
  return bpf_xdp_attach(ifindex, program, XDP_FLAGS_DRV_MODE, NULL);
}

int sb_attach_tc(int ifindex, int program) {
  LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
  int error = bpf_tc_hook_create(&hook);
  if (error && error != -EEXIST) return error;
  LIBBPF_OPTS(bpf_tc_opts, options, .prog_fd = program, .handle = 1, .priority = 1, .flags = BPF_TC_F_REPLACE);
  return bpf_tc_attach(&hook, &options);
}

// MARK: The generator's thread

struct sb_run {
  pthread_t thread;
  _Atomic int state, stop, ended;
  int program, net, ifindex, cpu, batch;
  uint32_t size;
  char frame[2048];
};

static void noticed(int number) { (void)number; }

static int run_once(struct sb_run *run) {
  struct xdp_md context = {.data_end = run->size, .ingress_ifindex = (uint32_t)run->ifindex};
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = run->frame, .data_size_in = run->size, .ctx_in = &context,
              .ctx_size_in = sizeof(context), .repeat = 1000000000, .batch_size = (uint32_t)run->batch,
              .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
  return bpf_prog_test_run_opts(run->program, &options);
}

static void *run_thread(void *argument) {
  struct sb_run *run = argument;
  // Threads of a pool have it blocked, and this one inherits that.
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &stops, NULL);
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(run->cpu, &set);
  int error = 0;
  if (sched_setaffinity(0, sizeof(set), &set) < 0 || setns(run->net, CLONE_NEWNET) < 0) error = -errno;
  while (!error && !run->stop) {
    error = run_once(run);
    if (error == -EINTR) error = 0;
  }
  run->state = error;
  run->ended = 1;
  return NULL;
}

struct sb_run *sb_run_start(int program, int net, int ifindex, int cpu, int batch, const void *frame, uint32_t size) {
  struct sb_run *run = calloc(1, sizeof(*run));
  if (!run || size > sizeof(run->frame)) {
    free(run);
    return NULL;
  }
  run->program = program;
  run->net = net;
  run->ifindex = ifindex;
  run->cpu = cpu;
  run->batch = batch;
  run->size = size;
  memcpy(run->frame, frame, size);
  // A signal ends BPF_PROG_RUN early.
  struct sigaction action = {.sa_handler = noticed};
  sigaction(SIGUSR1, &action, NULL);
  if (pthread_create(&run->thread, NULL, run_thread, run) != 0) {
    free(run);
    return NULL;
  }
  return run;
}

int sb_run_state(struct sb_run *run) { return run->state; }

int sb_run_stop(struct sb_run *run) {
  run->stop = 1;
  // It may arrive between two calls, so once is not enough.
  while (!run->ended) {
    pthread_kill(run->thread, SIGUSR1);
    usleep(500);
  }
  pthread_join(run->thread, NULL);
  int state = run->state;
  free(run);
  return state;
}
