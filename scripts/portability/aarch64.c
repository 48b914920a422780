/* AArch64 without an operating system, on qemu's machine virt: from reset to main, and Arm's semihosting beneath. */
#include "platform.h"

#include <sys/auxv.h>

#include <stdint.h>

int main(void);

enum { WRITE0 = 0x04, EXIT = 0x18 };

static long semihosting(long operation, const void *argument) {
  register long x0 __asm__("x0") = operation;
  register const void *x1 __asm__("x1") = argument;
  __asm__ volatile("hlt 0xf000" : "+r"(x0) : "r"(x1) : "memory");
  return x0;
}

void platform_write(const char *text) { semihosting(WRITE0, text); }

void platform_exit(int status) {
  /* That the program has ended by itself, and its status. */
  const long reason[2] = {0x20026, status};
  for (;;) semihosting(EXIT, reason);
}

/* What Linux would tell of the processor: whether it has the dot product, as its register ID_AA64ISAR0_EL1 says. */
unsigned long getauxval(unsigned long type) {
  uint64_t features;
  __asm__ volatile("mrs %0, id_aa64isar0_el1" : "=r"(features));
  return type == AT_HWCAP && (features >> 44 & 15) != 0 ? 1ul << 20 : 0;
}

/* Two blocks of a gigabyte where they are: the devices' and the memory's. Without it all memory counts as a device's,
 * in which nothing may be read across a word's boundary. */
__attribute__((aligned(4096))) static uint64_t blocks[512];

__attribute__((used, noreturn)) static void start(void) {
  blocks[0] = 0x405;                            /* accessed, attribute 1 */
  blocks[1] = 0x40000000 | 0x400 | 0x300 | 0x1; /* accessed, inner shareable, attribute 0 */
  __asm__ volatile(
      "msr mair_el1, %0\n msr tcr_el1, %1\n msr ttbr0_el1, %2\n dsb sy\n isb\n"
      "mrs x9, sctlr_el1\n orr x9, x9, %3\n msr sctlr_el1, x9\n isb"
      :
      : "r"(0x00FFul), "r"(25ul | 1ul << 8 | 1ul << 10 | 3ul << 12 | 1ul << 23), "r"(blocks), "r"(0x1005ul)
      : "x9", "memory");
  platform_exit(main());
}

/* Floating point may be used from here on. */
__asm__(
    ".globl _start\n_start: mov x0, #0x300000\n msr cpacr_el1, x0\n isb\n"
    " adrp x0, stack_top\n add x0, x0, :lo12:stack_top\n mov sp, x0\n b start");
