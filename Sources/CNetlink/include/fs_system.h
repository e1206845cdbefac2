#pragma once
#include <stddef.h>
#include <stdint.h>

// System calls that Swift cannot make: variadic ones, ones with unions or flexible members, ones that glibc's module
// does not export. Every call returns 0 or a positive errno.

// An abstract unix socket, listening: taken while the process lives. `name` without the leading NUL, at most 100 bytes.
int fs_claim(const char *name, int *fd);
// Who listens there. ECONNREFUSED: nobody. `process` is 0 where it lives in a PID namespace that we do not see.
int fs_claim_holder(const char *name, int32_t *process);

// Nanoseconds of CLOCK_BOOTTIME and CLOCK_REALTIME.
int64_t fs_boot_nanoseconds(void);
int64_t fs_wall_nanoseconds(void);

// The filesystem's magic number at a path.
int fs_filesystem_type(const char *path, int64_t *type);
int fs_is_mount_point(const char *path, int *answer);
int fs_mount_bpf(const char *path);
int fs_unmount(const char *path);

// Puts the calling thread into new namespaces. The mount namespace is made private, so that nothing done in it shows
// outside.
int fs_unshare_network(void);
int fs_unshare_mounts(void);
// The calling thread's network namespace, to return to: its descriptor, and the way back.
int fs_network_namespace(int *fd);
int fs_enter_network_namespace(int fd);

// Names the calling thread; what is beyond 15 bytes is cut off.
void fs_name_thread(const char *name);

// An eventfd: counter 0, close on exec, not blocking.
int fs_event_open(int *fd);
int fs_event_signal(int fd);
