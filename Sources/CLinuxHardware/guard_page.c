// The page that the loop's process and its guard share.

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guard_page.h"
#include "linux_guard.h"
#include "linux_i2c.h"

struct ganglion_guard_page *ganglion_guard_page_create(void) {
  void *memory = mmap(
      NULL, sizeof(struct ganglion_guard_page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  struct ganglion_guard_page *page = memory;
  for (uint32_t bus = 0; bus < GANGLION_GUARD_BUSES; bus++) atomic_store(&page->adapters[bus].number, -1);
  return page;
}

void ganglion_guard_page_destroy(struct ganglion_guard_page *page) { munmap(page, sizeof *page); }

void ganglion_guard_beat(struct ganglion_guard_page *page, int64_t now) { atomic_store(&page->last_beat, now); }

int64_t ganglion_guard_last_beat(const struct ganglion_guard_page *page) { return atomic_load(&page->last_beat); }

void ganglion_guard_dismiss(struct ganglion_guard_page *page) { atomic_store(&page->last_beat, 0); }

int64_t ganglion_guard_last_look(const struct ganglion_guard_page *page) { return atomic_load(&page->last_look); }

bool ganglion_guard_trip(struct ganglion_guard_page *page) {
  if (atomic_exchange(&page->is_tripped, true)) return false;
  atomic_fetch_add(&page->trips, 1);
  return true;
}

bool ganglion_guard_is_tripped(const struct ganglion_guard_page *page) { return atomic_load(&page->is_tripped); }

void ganglion_guard_reset(struct ganglion_guard_page *page) { atomic_store(&page->is_tripped, false); }

// All of these are sequentially consistent. A watcher raises its flag and then looks whether the outputs are still held
// safe; the loop takes that back and then looks for flags. So one of the two sees the other, and no watcher drives an
// output that the loop believes to be its own again.

bool ganglion_guard_begin(struct ganglion_guard_page *page, enum ganglion_guard_watcher watcher) {
  atomic_fetch_or(&page->acting, (uint32_t)watcher);
  if (atomic_load(&page->is_tripped)) return true;
  ganglion_guard_finish(page, watcher);
  return false;
}

void ganglion_guard_finish(struct ganglion_guard_page *page, enum ganglion_guard_watcher watcher) {
  atomic_fetch_and(&page->acting, ~(uint32_t)watcher);
}

bool ganglion_guard_holds(const struct ganglion_guard_page *page) {
  return atomic_load(&page->is_tripped) || atomic_load(&page->acting) != 0;
}

void ganglion_guard_set_adapter(struct ganglion_guard_page *page, uint32_t bus, int32_t number, uint64_t name) {
  if (bus >= GANGLION_GUARD_BUSES) return;
  // Never the number of one with the name of another.
  atomic_store(&page->adapters[bus].number, -1);
  atomic_store(&page->adapters[bus].name, name);
  atomic_store(&page->adapters[bus].number, number);
}

uint64_t ganglion_guard_digest(const char *name, size_t count) {
  while (count > 0 && (name[count - 1] == '\n' || name[count - 1] == ' ' || name[count - 1] == '\0')) count--;
  // FNV-1a.
  uint64_t digest = 0xcbf29ce484222325;
  for (size_t i = 0; i < count; i++) digest = (digest ^ (uint8_t)name[i]) * 0x100000001b3;
  return digest != 0 ? digest : 1;
}

int ganglion_guard_open_adapter(const struct ganglion_guard_page *page, uint32_t bus, const char *root) {
  if (bus >= GANGLION_GUARD_BUSES) return -EINVAL;
  const int32_t number = atomic_load(&page->adapters[bus].number);
  const uint64_t wanted = atomic_load(&page->adapters[bus].name);
  if (number < 0 || atomic_load(&page->adapters[bus].number) != number) return -ENODEV;
  char path[320];
  snprintf(path, sizeof path, "%s/sys/bus/i2c/devices/i2c-%d/name", root, (int)number);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  char name[256];
  const ssize_t count = read(file, name, sizeof name);
  close(file);
  if (count < 0 || ganglion_guard_digest(name, (size_t)count) != wanted) return -ENODEV;
  snprintf(path, sizeof path, "%s/dev/i2c-%d", root, (int)number);
  return ganglion_i2c_open(path);
}
