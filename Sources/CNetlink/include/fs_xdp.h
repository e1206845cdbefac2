#pragma once
#include <stdint.h>

// What a driver declares of XDP (NETDEV_XDP_ACT_…, linux/netdev.h), by generic netlink of the family "netdev", Linux
// 6.3 and later. 0 or a positive errno: ENOENT where the kernel has no such family, ENODEV where there is no such
// interface in this network namespace.
int fs_xdp_features(uint32_t index, uint64_t *features);
