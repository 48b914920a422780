#ifndef GANGLION_GUARD_PAGE_H
#define GANGLION_GUARD_PAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "linux_guard.h"

// What is on the page. Everything is atomic: either process may be anywhere in its work.

struct ganglion_guard_page {
  _Atomic int64_t last_beat;
  _Atomic int64_t last_look;
  _Atomic bool is_tripped;
  // How often it became so.
  _Atomic uint32_t trips;
  // The watchers that drive the outputs now, a bit each.
  _Atomic uint32_t acting;
  struct {
    _Atomic int32_t number;
    _Atomic uint64_t name;
  } adapters[GANGLION_GUARD_BUSES];
};

#endif
