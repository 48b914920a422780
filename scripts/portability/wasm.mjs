// Runs a WebAssembly program of scripts/check-portability: node wasm.mjs PROGRAM
import { readFileSync, writeSync } from "node:fs";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {
  env: {
    platform_write(text) {
      const bytes = new Uint8Array(instance.exports.memory.buffer);
      writeSync(1, bytes.subarray(text, bytes.indexOf(0, text)));
    },
    platform_exit(status) {
      process.exit(status);
    },
  },
});
process.exit(instance.exports.run());
