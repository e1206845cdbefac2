#pragma once
#include <stddef.h>
#include <stdint.h>

// libpcap's filter language over frames in memory: compiled once, no interface and no privilege needed.

typedef struct fs_filter fs_filter;

// NULL: `text` says why. Names of hosts in the expression are looked up, which may take as long as the resolver does.
fs_filter *fs_filter_compile(const char *expression, char *text, size_t text_size);
// Whether an Ethernet frame matches, of which `length` bytes of `original_length` are there.
int fs_filter_match(const fs_filter *, const uint8_t *bytes, uint32_t length, uint32_t original_length);
void fs_filter_free(fs_filter *);
