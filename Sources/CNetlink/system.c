#ifndef _GNU_SOURCE
#define _GNU_SOURCE  // unshare, umount2
#endif
#include "include/fs_system.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static int abstract_address(const char *name, struct sockaddr_un *address, socklen_t *length) {
  size_t bytes = strlen(name);
  if (bytes == 0 || bytes > 100) return EINVAL;
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path + 1, name, bytes);
  *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + bytes);
  return 0;
}

int fs_claim(const char *name, int *fd) {
  struct sockaddr_un address;
  socklen_t length;
  *fd = -1;
  int code = abstract_address(name, &address, &length);
  if (code != 0) return code;
  int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return errno;
  // Listening, so that another can connect and read our process id from the kernel.
  // Nobody accepts; an inquiry waits in the backlog for good, so it is as long as the system lets it be.
  if (bind(made, (struct sockaddr *)&address, length) != 0 || listen(made, SOMAXCONN) != 0) {
    code = errno;
    close(made);
    return code;
  }
  *fd = made;
  return 0;
}

int fs_claim_holder(const char *name, int32_t *process) {
  struct sockaddr_un address;
  socklen_t length;
  *process = 0;
  int code = abstract_address(name, &address, &length);
  if (code != 0) return code;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  struct ucred peer = {0};
  socklen_t size = sizeof peer;
  if (connect(fd, (struct sockaddr *)&address, length) != 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size))
    code = errno;
  close(fd);
  *process = peer.pid;
  return code;
}

static int64_t nanoseconds(clockid_t clock) {
  struct timespec now = {0};
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t fs_boot_nanoseconds(void) { return nanoseconds(CLOCK_BOOTTIME); }
int64_t fs_wall_nanoseconds(void) { return nanoseconds(CLOCK_REALTIME); }

int fs_filesystem_type(const char *path, int64_t *type) {
  struct statfs information;
  if (statfs(path, &information) != 0) return errno;
  *type = information.f_type;
  return 0;
}

int fs_is_mount_point(const char *path, int *answer) {
  char above[4096];
  struct stat here, there;
  if ((size_t)snprintf(above, sizeof above, "%s/..", path) >= sizeof above) return ENAMETOOLONG;
  if (stat(path, &here) != 0 || stat(above, &there) != 0) return errno;
  *answer = here.st_dev != there.st_dev || here.st_ino == there.st_ino;
  return 0;
}

int fs_mount_bpf(const char *path) {
  return mount("bpf", path, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") != 0 ? errno : 0;
}

int fs_unmount(const char *path) { return umount2(path, UMOUNT_NOFOLLOW) != 0 ? errno : 0; }

int fs_unshare_network(void) { return unshare(CLONE_NEWNET) != 0 ? errno : 0; }

int fs_network_namespace(int *fd) {
  *fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  return *fd < 0 ? errno : 0;
}

int fs_enter_network_namespace(int fd) { return setns(fd, CLONE_NEWNET) != 0 ? errno : 0; }

int fs_unshare_mounts(void) {
  if (unshare(CLONE_NEWNS) != 0) return errno;
  return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ? errno : 0;
}

void fs_name_thread(const char *name) {
  char kept[16];
  snprintf(kept, sizeof kept, "%s", name);
  (void)pthread_setname_np(pthread_self(), kept);
}

int fs_event_open(int *fd) {
  *fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return *fd < 0 ? errno : 0;
}

int fs_event_signal(int fd) {
  uint64_t one = 1;
  return write(fd, &one, sizeof one) != sizeof one ? errno : 0;
}
