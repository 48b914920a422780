/* What a program may ask of the machine it runs on. */
#ifndef PLATFORM_H
#define PLATFORM_H

void platform_write(const char *text);
__attribute__((noreturn)) void platform_exit(int status);

#endif
