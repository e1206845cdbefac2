#include "CFlood.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

// A program in the making.
struct code {
  struct bpf_insn text[512];
  uint32_t count;
};

static void add(struct code *code, struct bpf_insn one) {
  if (code->count < sizeof(code->text) / sizeof(*code->text)) code->text[code->count++] = one;
}

enum { R0, R1, R2, R3, R4, R5, R6, R7, R8, R9 };

#define ALU(op, to, from) \
  ((struct bpf_insn){.code = BPF_ALU64 | (op) | BPF_X, .dst_reg = (to), .src_reg = (from)})
#define ALUI(op, to, value) \
  ((struct bpf_insn){.code = BPF_ALU64 | (op) | BPF_K, .dst_reg = (to), .imm = (int)(value)})
#define ALU32(op, to, value) \
  ((struct bpf_insn){.code = BPF_ALU | (op) | BPF_K, .dst_reg = (to), .imm = (int)(value)})
#define LOAD(size, to, from, at) \
  ((struct bpf_insn){.code = BPF_LDX | BPF_MEM | (size), .dst_reg = (to), .src_reg = (from), .off = (at)})
#define STORE(size, to, at, from) \
  ((struct bpf_insn){.code = BPF_STX | BPF_MEM | (size), .dst_reg = (to), .src_reg = (from), .off = (at)})
#define JUMP(op, left, value, over) \
  ((struct bpf_insn){.code = BPF_JMP | (op) | BPF_K, .dst_reg = (left), .imm = (int)(value), .off = (over)})
#define JUMP32(op, left, value, over) \
  ((struct bpf_insn){.code = BPF_JMP32 | (op) | BPF_K, .dst_reg = (left), .imm = (int)(value), .off = (over)})
#define JUMPX(op, left, right, over) \
  ((struct bpf_insn){.code = BPF_JMP | (op) | BPF_X, .dst_reg = (left), .src_reg = (right), .off = (over)})
#define CALL(function) ((struct bpf_insn){.code = BPF_JMP | BPF_CALL, .imm = (function)})
#define EXIT ((struct bpf_insn){.code = BPF_JMP | BPF_EXIT})

static void add_wide(struct code *code, uint8_t to, uint8_t kind, uint64_t value) {
  add(code, (struct bpf_insn){.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = to, .src_reg = kind,
                              .imm = (int)(uint32_t)value});
  add(code, (struct bpf_insn){.imm = (int)(uint32_t)(value >> 32)});
}

static int load(struct code *code, const char *name) {
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  int made = bpf_prog_load(BPF_PROG_TYPE_XDP, name, "GPL", code->text, code->count, &options);
  return made < 0 ? -errno : made;
}

static int checked(const struct cf_flood *flood) {
  if (flood->length < 64 || flood->length > CF_FRAME || flood->length % 8 || !flood->sources) return 0;
  if (flood->patch_count > CF_PATCHES || flood->sum_count > CF_SUMS) return 0;
  for (uint32_t i = 0; i < flood->patch_count; i++) {
    const struct cf_patch *patch = &flood->patches[i];
    if (patch->size != 2 && patch->size != 4) return 0;
    if ((uint32_t)patch->offset + patch->size > flood->length) return 0;
  }
  for (uint32_t i = 0; i < flood->sum_count; i++)
    if (flood->sums[i].offset + 2u > flood->length || flood->sums[i].source_times > 4 ||
        flood->sums[i].random_times > 4)
      return 0;
  return 1;
}

// r6: the frame; r7: the source; r8: 16 random bits.
int cf_load_flood(const struct cf_flood *flood) {
  if (!checked(flood)) return -EINVAL;
  struct code code = {.count = 0};
  add(&code, LOAD(BPF_W, R6, R1, offsetof(struct xdp_md, data)));
  add(&code, LOAD(BPF_W, R3, R1, offsetof(struct xdp_md, data_end)));
  add(&code, ALU(BPF_MOV, R4, R6));
  add(&code, ALUI(BPF_ADD, R4, flood->length));
  add(&code, JUMPX(BPF_JLE, R4, R3, 2));
  add(&code, ALUI(BPF_MOV, R0, XDP_ABORTED));
  add(&code, EXIT);
  for (uint32_t at = 0; at < flood->length; at += 8) {
    uint64_t part;
    memcpy(&part, flood->frame + at, sizeof(part));
    add_wide(&code, R3, 0, part);
    add(&code, STORE(BPF_DW, R6, (int16_t)at, R3));
  }
  add(&code, CALL(BPF_FUNC_get_prandom_u32));
  add(&code, ALU(BPF_MOV, R7, R0));
  add(&code, ALU32(BPF_MOD, R7, flood->sources));
  add(&code, ALU32(BPF_ADD, R7, flood->first_source));
  add(&code, (struct bpf_insn){.code = BPF_ALU | BPF_END | BPF_TO_BE, .dst_reg = R7, .imm = 32});
  add(&code, CALL(BPF_FUNC_get_prandom_u32));
  add(&code, ALU(BPF_MOV, R8, R0));
  add(&code, ALUI(BPF_AND, R8, 0xffff));
  for (uint32_t i = 0; i < flood->patch_count; i++) {
    const struct cf_patch *patch = &flood->patches[i];
    add(&code, STORE(patch->size == 4 ? BPF_W : BPF_H, R6, (int16_t)patch->offset,
                     patch->word == CF_SOURCE ? R7 : R8));
  }
  for (uint32_t i = 0; i < flood->sum_count; i++) {
    const struct cf_sum *sum = &flood->sums[i];
    add(&code, ALUI(BPF_MOV, R3, sum->base));
    for (int n = 0; n < sum->source_times; n++) {
      add(&code, ALU(BPF_MOV, R4, R7));
      add(&code, ALUI(BPF_AND, R4, 0xffff));
      add(&code, ALU(BPF_ADD, R3, R4));
      add(&code, ALU(BPF_MOV, R4, R7));
      add(&code, ALUI(BPF_RSH, R4, 16));
      add(&code, ALU(BPF_ADD, R3, R4));
    }
    for (int n = 0; n < sum->random_times; n++) add(&code, ALU(BPF_ADD, R3, R8));
    for (int fold = 0; fold < 2; fold++) {
      add(&code, ALU(BPF_MOV, R4, R3));
      add(&code, ALUI(BPF_RSH, R4, 16));
      add(&code, ALUI(BPF_AND, R3, 0xffff));
      add(&code, ALU(BPF_ADD, R3, R4));
    }
    add(&code, ALUI(BPF_XOR, R3, 0xffff));
    add(&code, STORE(BPF_H, R6, (int16_t)sum->offset, R3));
  }
  add(&code, ALUI(BPF_MOV, R0, XDP_TX));
  add(&code, EXIT);
  return load(&code, "flood");
}

int cf_send(int program, uint32_t ifindex, uint32_t length, uint32_t count) {
  uint8_t frame[CF_FRAME] = {0};
  if (length < 14 || length > sizeof(frame)) return -EINVAL;
  struct xdp_md context = {.data_end = length, .ingress_ifindex = ifindex};
  // A veth's queue has 256 places.
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = length, .ctx_in = &context,
              .ctx_size_in = sizeof(context), .repeat = (int)count, .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
              .batch_size = 64);
  return bpf_prog_test_run_opts(program, &options) < 0 ? -errno : 0;
}

// Passes unless the type is `type` and the four bytes at `at` are `wanted` under `mask`, else counts and drops.
static void add_match(struct code *code, uint16_t type, int16_t at, uint32_t wanted, uint32_t mask, int map) {
  add(code, LOAD(BPF_H, R3, R6, 12));
  add(code, JUMP(BPF_JNE, R3, __builtin_bswap16(type), 14));
  add(code, LOAD(BPF_W, R3, R6, at));
  add(code, ALU32(BPF_AND, R3, mask));
  add(code, JUMP32(BPF_JNE, R3, wanted & mask, 11));
  add(code, (struct bpf_insn){.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = 0});
  add(code, ALU(BPF_MOV, R2, 10));
  add(code, ALUI(BPF_ADD, R2, -4));
  add_wide(code, R1, BPF_PSEUDO_MAP_FD, (uint32_t)map);
  add(code, CALL(BPF_FUNC_map_lookup_elem));
  add(code, JUMP(BPF_JEQ, R0, 0, 4));
  add(code, ALUI(BPF_MOV, R3, 1));
  add(code, (struct bpf_insn){.code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = R0, .src_reg = R3, .imm = BPF_ADD});
  add(code, ALUI(BPF_MOV, R0, XDP_DROP));
  add(code, EXIT);
}

int cf_attach_sink(uint32_t ifindex, uint32_t ipv4, uint32_t ipv4_mask, uint32_t ipv6, int *map) {
  LIBBPF_OPTS(bpf_map_create_opts, options);
  *map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "sink", 4, 8, 1, &options);
  if (*map < 0) return -errno;
  struct code code = {.count = 0};
  add(&code, LOAD(BPF_W, R6, R1, offsetof(struct xdp_md, data)));
  add(&code, LOAD(BPF_W, R3, R1, offsetof(struct xdp_md, data_end)));
  add(&code, ALU(BPF_MOV, R4, R6));
  add(&code, ALUI(BPF_ADD, R4, 34));
  add(&code, JUMPX(BPF_JLE, R4, R3, 2));
  add(&code, ALUI(BPF_MOV, R0, XDP_PASS));
  add(&code, EXIT);
  add_match(&code, 0x0800, 26, __builtin_bswap32(ipv4), __builtin_bswap32(ipv4_mask), *map);
  add_match(&code, 0x86dd, 22, __builtin_bswap32(ipv6), UINT32_MAX, *map);
  add(&code, ALUI(BPF_MOV, R0, XDP_PASS));
  add(&code, EXIT);
  int program = load(&code, "sink");
  if (program < 0) return program;
  int attached = bpf_xdp_attach((int)ifindex, program, XDP_FLAGS_DRV_MODE, NULL);
  // The interface holds it from here on.
  close(program);
  return attached;
}

int cf_read_sink(int map, uint64_t *frames) {
  uint32_t key = 0;
  return bpf_map_lookup_elem(map, &key, frames) < 0 ? -errno : 0;
}
