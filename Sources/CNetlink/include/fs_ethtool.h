#pragma once
#include <stddef.h>
#include <stdint.h>

// SIOCETHTOOL through an ordinary datagram socket, which decides the network namespace. Every call returns 0 or a
// positive errno (EOPNOTSUPP where the driver has no such call). Lists are freed with fs_netlink_free_list.

typedef struct fs_feature {
  char name[32];          // as `ethtool -k` without its short names: rx-gro, rx-lro, …
  uint8_t available;      // can be changed
  uint8_t requested;      // wanted by the operator
  uint8_t active;         // in force
  uint8_t never_changed;  // fixed by the driver
} fs_feature;

typedef struct fs_driver {
  char driver[32];
  char version[32];
  char bus[32];
} fs_driver;

typedef struct fs_queues {
  uint32_t max_rx, max_tx, max_combined;
  uint32_t rx, tx, combined;
} fs_queues;

int fs_ethtool_socket(int *fd);
int fs_ethtool_features(int fd, const char *interface, fs_feature **list, size_t *count);
// values[i] is 0, 1, or anything else for "leave alone"; as many as fs_ethtool_features reports, in that order.
int fs_ethtool_set_features(int fd, const char *interface, const uint8_t *values, size_t count);
int fs_ethtool_driver(int fd, const char *interface, fs_driver *driver);
// Mb/s; -1 where the device does not know.
int fs_ethtool_speed(int fd, const char *interface, int64_t *megabits);
int fs_ethtool_queues(int fd, const char *interface, fs_queues *queues);

typedef struct fs_rings {
  uint32_t max_rx, max_tx;
  uint32_t rx, tx;
} fs_rings;

// Descriptors of the receive and transmit rings.
int fs_ethtool_rings(int fd, const char *interface, fs_rings *rings);
