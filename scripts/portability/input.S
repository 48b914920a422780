/* The recorded input: rows of single-precision numbers, little-endian. */
#ifdef __wasm__
  .section .rodata.recorded_input,"",@
#else
  .section .rodata.recorded_input,"a",%progbits
#endif
  .globl recorded_input
  .p2align 4
recorded_input:
  .incbin "input.bin"
.Lend:
  .size recorded_input, .Lend - recorded_input
#if defined(__linux__) || defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
