/* The functions that compilers call without being asked: all that LiquidCore needs of a C library. Small rather than
 * fast, but for memcpy, with which a step moves states. */
#include <stddef.h>
#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) word;

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  unsigned char *t = to;
  const unsigned char *f = from;
  if (((uintptr_t)t | (uintptr_t)f) % sizeof(word) == 0) {
    for (; count >= sizeof(word); count -= sizeof(word), t += sizeof(word), f += sizeof(word)) {
      *(word *)t = *(const word *)f;
    }
  }
  while (count-- > 0) *t++ = *f++;
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  unsigned char *t = to;
  const unsigned char *f = from;
  if (t <= f) return memcpy(to, from, count);
  while (count-- > 0) t[count] = f[count];
  return to;
}

void *memset(void *to, int value, size_t count) {
  unsigned char *t = to;
  while (count-- > 0) *t++ = (unsigned char)value;
  return to;
}

#ifdef __arm__
void __aeabi_memcpy(void *to, const void *from, size_t count) { memcpy(to, from, count); }
void __aeabi_memcpy4(void *to, const void *from, size_t count) { memcpy(to, from, count); }
void __aeabi_memcpy8(void *to, const void *from, size_t count) { memcpy(to, from, count); }
void __aeabi_memmove(void *to, const void *from, size_t count) { memmove(to, from, count); }
void __aeabi_memset(void *to, size_t count, int value) { memset(to, value, count); }
void __aeabi_memclr(void *to, size_t count) { memset(to, 0, count); }
void __aeabi_memclr4(void *to, size_t count) { memset(to, 0, count); }
void __aeabi_memclr8(void *to, size_t count) { memset(to, 0, count); }

/* Shifts of 64 bits by 0 to 63, in words, because a shift of 64 bits would be a call to these. */
typedef union {
  uint64_t whole;
  struct {
    uint32_t low, high;
  } word;
} words;

uint64_t __aeabi_llsl(uint64_t x, int by) {
  words w = {x};
  uint32_t over = by == 0 ? 0 : w.word.low >> ((32 - by) & 31);
  if (by >= 32) {
    w.word.high = w.word.low << (by - 32);
    w.word.low = 0;
  } else {
    w.word.high = w.word.high << by | over;
    w.word.low <<= by;
  }
  return w.whole;
}

uint64_t __aeabi_llsr(uint64_t x, int by) {
  words w = {x};
  uint32_t over = by == 0 ? 0 : w.word.high << ((32 - by) & 31);
  if (by >= 32) {
    w.word.low = w.word.high >> (by - 32);
    w.word.high = 0;
  } else {
    w.word.low = w.word.low >> by | over;
    w.word.high >>= by;
  }
  return w.whole;
}

uint64_t __aeabi_lasr(uint64_t x, int by) {
  words w = {x};
  int32_t high = (int32_t)w.word.high;
  uint32_t over = by == 0 ? 0 : w.word.high << ((32 - by) & 31);
  if (by >= 32) {
    w.word.low = (uint32_t)(high >> (by - 32));
    w.word.high = (uint32_t)(high >> 31);
  } else {
    w.word.low = w.word.low >> by | over;
    w.word.high = (uint32_t)(high >> by);
  }
  return w.whole;
}
#endif
