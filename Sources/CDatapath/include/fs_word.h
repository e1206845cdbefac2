// Words that the datapath writes at any time, too.
#ifndef FS_WORD_H
#define FS_WORD_H

#include <stdint.h>

// 0 if the word is still this one; otherwise it stays what it became.
static inline void fs_clear(uint64_t *word, uint64_t expected) {
  __atomic_compare_exchange_n(word, &expected, 0, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

#endif
