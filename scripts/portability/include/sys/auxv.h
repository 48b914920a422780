/* What Linux tells a program of its processor; linux.c has the function. */
#define AT_HWCAP 16

unsigned long getauxval(unsigned long type);
