#include "include/fs_filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

struct fs_filter {
  struct bpf_program program;
};

fs_filter *fs_filter_compile(const char *expression, char *text, size_t text_size) {
  pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
  fs_filter *made = calloc(1, sizeof *made);
  if (dead == NULL || made == NULL) {
    snprintf(text, text_size, "out of memory");
    if (dead != NULL) pcap_close(dead);
    free(made);
    return NULL;
  }
  if (pcap_compile(dead, &made->program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
    snprintf(text, text_size, "%s", pcap_geterr(dead));
    free(made);
    made = NULL;
  }
  pcap_close(dead);
  return made;
}

int fs_filter_match(const fs_filter *filter, const uint8_t *bytes, uint32_t length, uint32_t original_length) {
  const struct pcap_pkthdr header = {.caplen = length, .len = original_length};
  return pcap_offline_filter(&filter->program, &header, bytes) != 0;
}

void fs_filter_free(fs_filter *filter) {
  if (filter == NULL) return;
  pcap_freecode(&filter->program);
  free(filter);
}
