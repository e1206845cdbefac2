// The maps. In C, because libbpf reads their types from BTF, which Swift's debug information does not give.
// Sizes that depend on the machine or the configuration are set by the loader; 1 stands for those.
#include "tables.h"

#define SEC(name) __attribute__((section(name), used))
#define UINT(name, value) int(*name)[value]
enum { ARRAY = 2, PERF_EVENT_ARRAY = 4, DEVMAP = 14, MMAPABLE = 1024 };

// A sentence each; see tables.h for the records.
#define MAP(name, value_type, entries)                                \
  struct {                                                            \
    UINT(type, ARRAY);                                                \
    UINT(max_entries, entries);                                       \
    UINT(map_flags, MMAPABLE);                                        \
    fs_u32 *key;                                                      \
    value_type *value;                                                \
  } name SEC(".maps")

MAP(fs_settings, struct fs_switch, 1);                           // clock, secret, limits
MAP(fs_ifindexes, fs_u32, FS_IFINDEXES);                         // interface index → port + 1
MAP(fs_port_table, struct fs_port, 1);                           // port, a copy for each CPU, with its counters
MAP(fs_clusters, struct fs_cluster, 1);                          // what a virtual MAC stands for
MAP(fs_service_sets, struct fs_services, 1);                     // protocol and port → cluster
MAP(fs_buckets, struct fs_bucket, 1);                            // bucket → member, and the one before
MAP(fs_bucket_counters, struct fs_bucket_counter, 1);            // for each CPU
MAP(fs_transits, struct fs_transit, 1);                          // when a bucket's previous path was last taken
MAP(fs_members, struct fs_member, 1);                            // member → MAC and port, a copy for each CPU
MAP(fs_routers, struct fs_router, 1);                            // routers of pools, a copy for each CPU
MAP(fs_stations, struct fs_set, FS_STATION_SETS);                // MAC and VLAN → port
MAP(fs_fragments, struct fs_set, FS_FRAGMENT_SETS);              // datagram → member
MAP(fs_flows, struct fs_set, 1);                                 // flows of buckets in transition → member
MAP(fs_sources, struct fs_set, 1);                               // sources of sticky clusters → member
MAP(fs_answer_sets, struct fs_answers, 1);                       // address → MAC to answer for it
MAP(fs_subnets, struct fs_subnet, FS_SUBNETS);                   // clusters whose address is a subnet
MAP(fs_reasons, struct fs_counter, 1);                           // drops and punts, for each CPU, reason and port
MAP(fs_interfaces, fs_u32, FS_PORTS);                            // port → interface, as in fs_ports, for tc

struct {
  UINT(type, DEVMAP);
  UINT(max_entries, FS_PORTS);
  UINT(key_size, 4);
  UINT(value_size, 4);
} fs_ports SEC(".maps"); // port → interface, for redirection and flooding

struct {
  UINT(type, PERF_EVENT_ARRAY);
  UINT(max_entries, 1);
  UINT(key_size, 4);
  UINT(value_size, 4);
} fs_tap SEC(".maps"); // frames for control to see, a ring for each CPU

struct {
  UINT(type, PERF_EVENT_ARRAY);
  UINT(max_entries, 1);
  UINT(key_size, 4);
  UINT(value_size, 4);
} fs_punts SEC(".maps"); // frames that tc gives to control, a ring for each CPU

// Set before loading; the verifier then knows them as constants.
const volatile struct fs_dimensions fs_dimensions SEC(".rodata.fs") = {FS_ABI, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

// As the kernel knows it: not every helper is for programs that may be distributed under other terms alone.
char fs_license[] SEC("license") = "Dual BSD/GPL";
