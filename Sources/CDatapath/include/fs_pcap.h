#pragma once
#include <stddef.h>
#include <stdint.h>

// Frames in through libpcap, frames out through an AF_PACKET socket. Both belong to the network namespace of the
// thread that opened them.

typedef struct fs_capture fs_capture;

enum {
  FS_CAPTURE_OK = 0,
  FS_CAPTURE_NO_INTERFACE,   // never was, or is gone
  FS_CAPTURE_NO_PERMISSION,
  FS_CAPTURE_LINK_DOWN,
  FS_CAPTURE_BAD_FILTER,
  FS_CAPTURE_NOT_ETHERNET,
  FS_CAPTURE_FAILED,
};

typedef struct fs_capture_error {
  int32_t kind;  // FS_CAPTURE_…
  char text[256];
} fs_capture_error;

typedef struct fs_capture_options {
  int32_t snapshot_length;  // bytes
  int32_t buffer_bytes;
  int32_t promiscuous;
} fs_capture_options;

typedef struct fs_capture_statistics {
  uint64_t received;
  uint64_t dropped;            // the buffer was full
  uint64_t interface_dropped;  // by the device or driver
} fs_capture_statistics;

// The bytes are valid during the call only. `original_length` is the frame's on the wire, `length` what was captured.
typedef void (*fs_capture_handler)(
    void *context, const uint8_t *bytes, uint32_t length, uint32_t original_length, int64_t seconds,
    int64_t nanoseconds);

// NULL on failure. `filter` is in libpcap's language, NULL or empty for everything.
fs_capture *fs_capture_open(
    const char *interface, const char *filter, const fs_capture_options *options, fs_capture_error *error);
int fs_capture_set_filter(fs_capture *, const char *filter, fs_capture_error *error);
int fs_capture_fd(const fs_capture *);
uint32_t fs_capture_index(const fs_capture *);
// At most `limit` frames; never blocks. The number of frames, or -1 with the error.
int fs_capture_read(fs_capture *, int limit, fs_capture_handler handler, void *context, fs_capture_error *error);
int fs_capture_statistics_read(fs_capture *, fs_capture_statistics *statistics, fs_capture_error *error);
void fs_capture_close(fs_capture *);

// 0 or a positive errno. The socket receives nothing and never blocks.
int fs_injector_open(const char *interface, int send_buffer, int *fd, uint32_t *index);
int fs_inject(int fd, const void *frame, size_t length);
// Whether the interface is still there (1 or 0).
int fs_injector_alive(int fd, uint32_t index);
