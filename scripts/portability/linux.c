/* Linux without a C library: two system calls, and what it tells a program at the start. */
#include "platform.h"

#include <sys/auxv.h>

#include <stddef.h>

int main(void);

#if defined(__x86_64__)
enum { WRITE = 1, EXIT = 60 };
#else
enum { WRITE = 64, EXIT = 93 };
#endif

static long system_call(long number, long a, long b, long c) {
#if defined(__x86_64__)
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
#elif defined(__riscv)
  register long a7 __asm__("a7") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b, a2 __asm__("a2") = c;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
  return a0;
#endif
}

void platform_write(const char *text) {
  size_t count = 0;
  while (text[count]) count++;
  while (count > 0) {
    long written = system_call(WRITE, 1, (long)text, (long)count);
    if (written <= 0) platform_exit(1);
    text += written;
    count -= (size_t)written;
  }
}

void platform_exit(int status) {
  for (;;) system_call(EXIT, status, 0, 0);
}

/* The words behind the environment that Linux hands over: pairs of type and value. */
static const unsigned long *auxiliary;

unsigned long getauxval(unsigned long type) {
  for (const unsigned long *pair = auxiliary; pair[0] != 0; pair += 2) {
    if (pair[0] == type) return pair[1];
  }
  return 0;
}

/* The stack begins with the number of arguments; the arguments and the environment follow, each with a zero behind. */
__attribute__((used)) static void start(const unsigned long *stack) {
  const unsigned long *next = stack + 1 + stack[0] + 1;
  while (*next != 0) next++;
  auxiliary = next + 1;
  platform_exit(main());
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start: xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call start");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start: mov x29, #0\n mov x30, #0\n mov x0, sp\n b start");
#elif defined(__riscv)
__asm__(
    ".globl _start\n_start: .option push\n .option norelax\n la gp, __global_pointer$\n .option pop\n"
    " mv a0, sp\n j start");
#endif
