#pragma once
#include <sys/epoll.h> // which Swift's Glibc leaves out
#include <sys/types.h>

// Starts a program, looked for in PATH unless it has a slash, in a process group of its own: input from /dev/null,
// output and errors into a pipe whose other end is `output` (not blocking, close on exec), no other descriptor, all
// signals as a program expects them. In C, since glibc shows these calls to Swift only in part.
// Returns 0 or a positive errno; the caller reaps `process` and closes `output`.
int fs_spawn(char *const arguments[], char *const environment[], pid_t *process, int *output);
