#pragma once
#include <stddef.h>

/// The files of the console, embedded in the executable: they go where it goes.
struct console_file {
  const char *_Nonnull name;
  const unsigned char *_Nonnull bytes;
  size_t count;
};

/// The files in their order, NULL after the last.
const struct console_file *_Nullable console_file(size_t index);
