#ifndef GANGLION_ALLOCATION_COUNTER_H
#define GANGLION_ALLOCATION_COUNTER_H

#include <stdint.h>

/// How many blocks the calling thread has asked the heap for since it started.
///
/// Linking this target replaces malloc and its relatives in a test program by ones that count and then call the
/// C library's own.
uint64_t allocation_count(void);

#endif
