/* What the firmware asks of the board: here of qemu, by ARM's semihosting, which debuggers on real boards have too. */
#ifndef BOARD_H
#define BOARD_H

/* Opens the file of recorded input; whether it is there. */
int board_open_input(void);
/* Reads so many bytes of it; whether there were so many. */
int board_read_input(void *bytes, unsigned count);
/* Writes a text that ends with a zero. */
void board_write(const char *text);
/* The cycle counter's next 24 bits, counting down; each count is of `BOARD_TICK` instructions under qemu. */
unsigned board_ticks(void);
/* Bytes of the stack that were ever used. */
unsigned board_stack_used(void);

/* qemu -icount shift=0: an instruction is a nanosecond, and the mps2-an386's counter runs at 25 MHz. */
#define BOARD_TICK 40

#endif
