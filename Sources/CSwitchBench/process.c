#define _GNU_SOURCE
#include "CSwitchBench.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int sb_net_current(void) {
  int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

int sb_net_enter(int fd) { return setns(fd, CLONE_NEWNET) < 0 ? -errno : 0; }

int sb_cpus(int *highest, int *lowest) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) < 0) return -errno;
  *lowest = CPU_SETSIZE;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &set)) continue;
    *highest = cpu;
    if (cpu < *lowest) *lowest = cpu;
  }
  return CPU_COUNT(&set);
}

int sb_avoid_cpu(int cpu) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) < 0) return -errno;
  if (cpu < 0 || CPU_COUNT(&set) < 2) return 0;
  CPU_CLR(cpu, &set);
  return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}

int sb_spawn(const char *path, char *const *arguments, char *const *environment, int net, int input, int output,
             int avoid) {
  pid_t pid = fork();
  if (pid < 0) return -errno;
  if (pid > 0) return pid;
  // Only what is safe between fork and exec in a process with threads.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setsid();
  if ((net >= 0 && setns(net, CLONE_NEWNET) < 0) || sb_avoid_cpu(avoid) < 0) _exit(126);
  dup2(input, 0);
  dup2(output, 1);
  dup2(output, 2);
  execve(path, arguments, environment ? environment : environ);
  _exit(127);
}

uint64_t sb_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
