/* From reset to main on a Cortex-M4, and what board.h promises. */
#include "board.h"

#include <stddef.h>
#include <stdint.h>

extern uint32_t stack_top, data_load, data_start, data_end, bss_start, bss_end;
extern int main(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))

enum { OPEN = 0x01, WRITE0 = 0x04, READ = 0x06, EXIT = 0x18 };

static int semihosting(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static int input;

int board_open_input(void) {
  static const char name[] = "input.bin";
  const struct {
    const char *name;
    int mode;
    size_t count;
  } arguments = {name, 1 /* binary, for reading */, sizeof name - 1};
  input = semihosting(OPEN, &arguments);
  return input >= 0;
}

int board_read_input(void *bytes, unsigned count) {
  const struct {
    int file;
    void *bytes;
    size_t count;
  } arguments = {input, bytes, count};
  /* Returns the bytes that are missing. */
  return semihosting(READ, &arguments) == 0;
}

void board_write(const char *text) { semihosting(WRITE0, text); }

/* For programs that know no more of a board than that they can write and end. */
void platform_write(const char *text) { board_write(text); }

__attribute__((noreturn)) void platform_exit(int status) {
  /* That the program has ended as it should, or that it has not. */
  semihosting(EXIT, (const void *)(status == 0 ? 0x20026u : 0x20023u));
  for (;;) {
  }
}

unsigned board_ticks(void) { return REGISTER(0xE000E018); }

/* The stack is painted before main. */
#define PAINT 0xA5A5A5A5u

unsigned board_stack_used(void) {
  const uint32_t *low = &bss_end;
  while (*low == PAINT) low++;
  return (unsigned)((const char *)&stack_top - (const char *)low);
}

static void fault(void) {
  board_write("fault\n");
  platform_exit(1);
}

__attribute__((noreturn)) void reset(void) {
  for (uint32_t *to = &data_start, *from = &data_load; to < &data_end;) *to++ = *from++;
  for (uint32_t *to = &bss_start; to < &bss_end;) *to++ = 0;
  for (uint32_t *to = &bss_end; to < (uint32_t *)__builtin_frame_address(0) - 16; to++) *to = PAINT;
#ifdef __ARM_FP
  REGISTER(0xE000ED88) |= 0xFu << 20; /* CPACR: the floating-point unit may be used */
  __asm__ volatile("dsb\n isb");
#endif
  REGISTER(0xE000E014) = 0xFFFFFF; /* SysTick: count down from 2^24 - 1 at the processor's clock, no interrupt */
  REGISTER(0xE000E018) = 0;
  REGISTER(0xE000E010) = 5;
  platform_exit(main());
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &stack_top, (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};
