#define _GNU_SOURCE
#include "CSupport.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct cs_affinity) == sizeof(cpu_set_t), "CPU sets");

static int result(int value) { return value < 0 ? -errno : value; }

int cs_current_cpu(void) { return sched_getcpu(); }

int cs_pin_thread(int cpu, struct cs_affinity *before) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) < 0) return -errno;
  memcpy(before, &set, sizeof(set));
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return result(sched_setaffinity(0, sizeof(set), &set));
}

int cs_unpin_thread(const struct cs_affinity *before) {
  return result(sched_setaffinity(0, sizeof(*before), (const cpu_set_t *)before));
}

int cs_current_net(void) { return result(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)); }
int cs_enter_net(int fd) { return result(setns(fd, CLONE_NEWNET)); }
int cs_new_net(void) { return result(unshare(CLONE_NEWNET)); }

int cs_mount_bpffs(const char *folder) { return result(mount("bpf", folder, "bpf", 0, "mode=0700")); }
int cs_unmount(const char *folder) { return result(umount2(folder, MNT_DETACH)); }

static uint64_t rounded(uint64_t size) {
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  return (size + page - 1) / page * page;
}

void *cs_guarded(uint64_t size) {
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  uint64_t room = rounded(size);
  char *region = mmap(NULL, room + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (region == MAP_FAILED) return NULL;
  if (mprotect(region, room, PROT_READ | PROT_WRITE) < 0) return NULL;
  return region + room - size;
}

void cs_unguard(void *memory, uint64_t size) {
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  munmap((char *)memory + size - rounded(size), rounded(size) + page);
}

static int load(enum bpf_prog_type type, const char *name, const struct bpf_insn *code, int count) {
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  return result(bpf_prog_load(type, name, "GPL", code, (size_t)count, &options));
}

#define MOVE(register, value) \
  (struct bpf_insn) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = register, .imm = (int)(value) }
#define CALL(function) \
  (struct bpf_insn) { .code = BPF_JMP | BPF_CALL, .imm = function }
#define EXIT \
  (struct bpf_insn) { .code = BPF_JMP | BPF_EXIT }

int cs_load_empty(void) {
  struct bpf_insn code[] = {MOVE(BPF_REG_0, XDP_PASS), EXIT};
  return load(BPF_PROG_TYPE_XDP, "empty", code, sizeof(code) / sizeof(*code));
}

int cs_load_redirect(int devmap, uint32_t key) {
  struct bpf_insn code[] = {
      {.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = devmap},
      {0},
      MOVE(BPF_REG_2, key),
      MOVE(BPF_REG_3, XDP_DROP),
      CALL(BPF_FUNC_redirect_map),
      EXIT,
  };
  return load(BPF_PROG_TYPE_XDP, "redirect", code, sizeof(code) / sizeof(*code));
}

int cs_load_empty_tc(void) {
  struct bpf_insn code[] = {MOVE(BPF_REG_0, 0), EXIT};
  return load(BPF_PROG_TYPE_SCHED_CLS, "empty", code, sizeof(code) / sizeof(*code));
}

int cs_load_redirect_tc(uint32_t ifindex) {
  struct bpf_insn code[] = {MOVE(BPF_REG_1, ifindex), MOVE(BPF_REG_2, 0), CALL(BPF_FUNC_redirect), EXIT};
  return load(BPF_PROG_TYPE_SCHED_CLS, "redirect", code, sizeof(code) / sizeof(*code));
}

int cs_make_devmap(void) {
  LIBBPF_OPTS(bpf_map_create_opts, options);
  return result(bpf_map_create(BPF_MAP_TYPE_DEVMAP, "ports", 4, 4, 256, &options));
}

int cs_same(const void *a, const void *b, uint64_t size) { return memcmp(a, b, size) == 0; }

uint64_t cs_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
