#include "include/fs_ethtool.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

// Kernels have about 60 features; this bounds what a broken driver could make us allocate.
#define FS_MAX_FEATURES 1024

int fs_ethtool_socket(int *fd) {
  *fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return *fd < 0 ? errno : 0;
}

static int call(int fd, const char *interface, void *command) {
  struct ifreq request = {0};
  if (strlen(interface) >= sizeof request.ifr_name) return ENODEV;
  strcpy(request.ifr_name, interface);
  request.ifr_data = command;
  return ioctl(fd, SIOCETHTOOL, &request) < 0 ? errno : 0;
}

static int feature_count(int fd, const char *interface, size_t *count) {
  union {
    struct ethtool_sset_info info;
    uint8_t bytes[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
  } command = {.info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES}};
  int code = call(fd, interface, &command);
  if (code != 0) return code;
  if (command.info.sset_mask == 0) return EOPNOTSUPP;
  uint32_t length;
  memcpy(&length, command.bytes + sizeof(struct ethtool_sset_info), sizeof length);
  if (length > FS_MAX_FEATURES) return EPROTO;
  *count = length;
  return 0;
}

int fs_ethtool_features(int fd, const char *interface, fs_feature **list, size_t *count) {
  *list = NULL;
  *count = 0;
  size_t features = 0;
  int code = feature_count(fd, interface, &features);
  if (code != 0 || features == 0) return code;

  size_t blocks = (features + 31) / 32;
  struct ethtool_gstrings *names = calloc(1, sizeof *names + features * ETH_GSTRING_LEN);
  struct ethtool_gfeatures *bits = calloc(1, sizeof *bits + blocks * sizeof bits->features[0]);
  fs_feature *made = calloc(features, sizeof *made);
  code = names == NULL || bits == NULL || made == NULL ? ENOMEM : 0;
  if (code == 0) {
    names->cmd = ETHTOOL_GSTRINGS;
    names->string_set = ETH_SS_FEATURES;
    names->len = (uint32_t)features;
    code = call(fd, interface, names);
  }
  if (code == 0) {
    bits->cmd = ETHTOOL_GFEATURES;
    bits->size = (uint32_t)blocks;
    code = call(fd, interface, bits);
  }
  for (size_t i = 0; code == 0 && i < features; i++) {
    const struct ethtool_get_features_block *block = &bits->features[i / 32];
    uint32_t bit = 1U << (i % 32);
    memcpy(made[i].name, names->data + i * ETH_GSTRING_LEN, sizeof made[i].name);
    made[i].name[sizeof made[i].name - 1] = 0;
    made[i].available = (block->available & bit) != 0;
    made[i].requested = (block->requested & bit) != 0;
    made[i].active = (block->active & bit) != 0;
    made[i].never_changed = (block->never_changed & bit) != 0;
  }
  free(names);
  free(bits);
  if (code != 0) {
    free(made);
    return code;
  }
  *list = made;
  *count = features;
  return 0;
}

int fs_ethtool_set_features(int fd, const char *interface, const uint8_t *values, size_t count) {
  if (count == 0 || count > FS_MAX_FEATURES) return EINVAL;
  size_t blocks = (count + 31) / 32;
  struct ethtool_sfeatures *bits = calloc(1, sizeof *bits + blocks * sizeof bits->features[0]);
  if (bits == NULL) return ENOMEM;
  bits->cmd = ETHTOOL_SFEATURES;
  bits->size = (uint32_t)blocks;
  for (size_t i = 0; i < count; i++) {
    if (values[i] > 1) continue;
    bits->features[i / 32].valid |= 1U << (i % 32);
    if (values[i]) bits->features[i / 32].requested |= 1U << (i % 32);
  }
  // A positive result says that a wish was not granted; the caller looks at what is in force afterwards.
  int code = call(fd, interface, bits);
  free(bits);
  return code;
}

int fs_ethtool_driver(int fd, const char *interface, fs_driver *driver) {
  struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
  int code = call(fd, interface, &info);
  if (code != 0) return code;
  memset(driver, 0, sizeof *driver);
  memcpy(driver->driver, info.driver, sizeof driver->driver - 1);
  memcpy(driver->version, info.version, sizeof driver->version - 1);
  memcpy(driver->bus, info.bus_info, sizeof driver->bus - 1);
  return 0;
}

int fs_ethtool_speed(int fd, const char *interface, int64_t *megabits) {
  *megabits = -1;
  // The first call learns how many words the kernel's link mode maps have: it answers with the negative number.
  union {
    struct ethtool_link_settings settings;
    uint8_t bytes[sizeof(struct ethtool_link_settings) + 3 * 127 * sizeof(uint32_t)];
  } command = {.settings = {.cmd = ETHTOOL_GLINKSETTINGS}};
  int code = call(fd, interface, &command);
  if (code != 0) return code;
  if (command.settings.link_mode_masks_nwords >= 0) return EPROTO;
  int words = -command.settings.link_mode_masks_nwords;
  if (words > 127) return EPROTO;  // three maps of as many words must fit
  memset(&command, 0, sizeof command);
  command.settings.cmd = ETHTOOL_GLINKSETTINGS;
  command.settings.link_mode_masks_nwords = (int8_t)words;
  code = call(fd, interface, &command);
  if (code != 0) return code;
  uint32_t speed = command.settings.speed;
  // Some drivers report an unplugged link as 0, others as unknown.
  if (speed != 0 && speed != (uint32_t)SPEED_UNKNOWN) *megabits = speed;
  return 0;
}

int fs_ethtool_queues(int fd, const char *interface, fs_queues *queues) {
  struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
  int code = call(fd, interface, &channels);
  if (code != 0) return code;
  *queues = (fs_queues){
      .max_rx = channels.max_rx,
      .max_tx = channels.max_tx,
      .max_combined = channels.max_combined,
      .rx = channels.rx_count,
      .tx = channels.tx_count,
      .combined = channels.combined_count,
  };
  return 0;
}

int fs_ethtool_rings(int fd, const char *interface, fs_rings *rings) {
  struct ethtool_ringparam info = {.cmd = ETHTOOL_GRINGPARAM};
  int code = call(fd, interface, &info);
  if (code != 0) return code;
  *rings = (fs_rings){
      .max_rx = info.rx_max_pending,
      .max_tx = info.tx_max_pending,
      .rx = info.rx_pending,
      .tx = info.tx_pending,
  };
  return 0;
}
