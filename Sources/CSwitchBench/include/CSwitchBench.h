// What the bench needs of Linux and libbpf. Functions return 0, a descriptor or a number, or a negative errno.
#ifndef CSWITCHBENCH_H
#define CSWITCHBENCH_H

#include <stddef.h>
#include <stdint.h>

#include "../Programs/bench_layout.h"

// Sources of the programs for the kernel, which the bench compiles when it runs: bench_layout.h, generator.c, sink.c,
// redirect.c, least.c, clsact.c. NULL after the last.
const char *sb_source_name(int index);
const char *sb_source_text(int index);

// MARK: Programs and maps

struct sb_object;
struct sb_object *sb_object_load(const char *path, int *error);
void sb_object_close(struct sb_object *object);
int sb_program(struct sb_object *object, const char *name);
int sb_map(struct sb_object *object, const char *name);
int sb_map_set(int map, uint32_t key, const void *value);
// The only entry of a per-CPU array, summed over the CPUs: `size` bytes of 64-bit words.
int sb_map_sum(int map, void *value, size_t size);
// The object's zero-initialised variables, in our memory. NULL: no memory.
void *sb_variables(struct sb_object *object, size_t size);

// Native XDP (program -1 takes it off), or tc ingress, on an interface of the calling thread's namespace.
int sb_attach_xdp(int ifindex, int program);
int sb_attach_tc(int ifindex, int program);

// MARK: The generator's thread

struct sb_run;
// Runs `program` on live copies of the frame until it is told to stop, on that CPU, as if they had come from the
// interface, in this network namespace. NULL: no thread.
struct sb_run *sb_run_start(int program, int net, int ifindex, int cpu, int batch, const void *frame, uint32_t size);
// 0 while it runs, or a negative errno if it ended by itself.
int sb_run_state(struct sb_run *run);
int sb_run_stop(struct sb_run *run);

// MARK: Processes and namespaces

int sb_net_current(void);
int sb_net_enter(int fd);

// CPUs that the calling thread may use: the number, and the highest and lowest.
int sb_cpus(int *highest, int *lowest);
// The calling thread stays off this CPU, if there is another.
int sb_avoid_cpu(int cpu);

// Starts a program in a network namespace (-1: ours), in a session of its own, with standard output and error in `output`,
// off a CPU (-1: anywhere), and dies with the calling thread. `environment`: entries, NULL: ours. Returns the pid.
int sb_spawn(const char *path, char *const *arguments, char *const *environment, int net, int input, int output, int avoid);

uint64_t sb_now(void);

// MARK: Loops in user space

enum { SB_LOOP_PCAP, SB_LOOP_TPACKET };
// Threads that forward between p0 (the client's) and p1... (the members') in a network namespace; `macs`: six bytes a
// member. What they inherit keeps them off the generator's CPU. NULL: a negative errno in `error`.
struct sb_loop;
struct sb_loop *sb_loop_start(int kind, int net, const uint8_t *macs, int *error);
void sb_loop_stop(struct sb_loop *loop);

// MARK: TCP

// A server on a port of an address in each of the namespaces, in one thread: what begins with 'E' is sent back, all
// else is counted and forgotten.
struct sb_server;
struct sb_server *sb_server_start(const int *nets, int count, const char *address, uint16_t port, int avoid, int *error);
uint64_t sb_server_bytes(struct sb_server *server);
void sb_server_stop(struct sb_server *server);

// Sends so many milliseconds on each of `connections` from a namespace, on that CPU. 0 or a negative errno.
int sb_client_stream(int net, const char *address, uint16_t port, int connections, int milliseconds, int cpu);
// Connects, sends, awaits the echo, resets; so many at a time. The number that were answered, or a negative errno.
int64_t sb_client_connect(int net, const char *address, uint16_t port, int at_once, int milliseconds, int cpu);

#endif
