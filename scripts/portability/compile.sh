# Compiles LiquidCore, unchanged, with a program around it. To be sourced; needs $root and a Swift toolchain on PATH,
# whose clang and lld serve for every processor: no cross compiler and no C library are needed.

microcontroller=$root/hil-tests/microcontroller

# describe TARGET: sets triple, flags (of the processor) and platform (what stands in for an operating system).
describe() {
  platform=$root/scripts/portability/linux.c
  case $1 in
    x86-64) triple=x86_64-unknown-linux-gnu flags=() ;;
    x86-64-avx2) triple=x86_64-unknown-linux-gnu flags=(-march=x86-64-v3) ;;
    aarch64*) triple=aarch64-none-none-elf flags=() ;;
    riscv64) triple=riscv64-none-none-eabi flags=(-march=rv64gc -mabi=lp64d) ;;
    cortex-m4)
      triple=armv7em-none-none-eabi flags=(-mcpu=cortex-m4 -mfloat-abi=hard)
      platform=$microcontroller/cortex-m4/startup.c
      ;;
    wasm32) triple=wasm32-unknown-none-wasm flags=() platform=$root/scripts/portability/wasm.c ;;
    *)
      echo "unknown target '$1'" >&2
      return 1
      ;;
  esac
}

# compile_swift OUTPUT ARGUMENTS...: LiquidCore and what else the arguments name, as one Embedded module.
compile_swift() {
  local output=$1 flag
  shift
  local -a clang=()
  for flag in "${flags[@]}"; do clang+=(-Xcc "$flag"); done
  swiftc -target "$triple" "${clang[@]}" -enable-experimental-feature Embedded -no-allocations -wmo -parse-as-library \
    -swift-version 6 -warnings-as-errors -module-name LiquidCore -Xfrontend -function-sections \
    -Xfrontend -disable-stack-protector "$root"/Sources/LiquidCore/*.swift "$@" -c -o "$output"
}

# compile_c OUTPUT ARGUMENTS...
compile_c() {
  local output=$1
  shift
  local -a position=(-fpic)
  case $triple in armv7em* | wasm32*) position=(-fno-pic) ;; esac
  clang -target "$triple" "${flags[@]}" -ffreestanding -fno-builtin -fno-stack-protector "${position[@]}" \
    -ffunction-sections -fdata-sections -Wall -Wextra -Werror "$@" -c -o "$output"
}

# link OUTPUT OBJECTS...; `script`, if set, is the linker's.
link() {
  local output=$1
  shift
  case $triple in
    armv7em*) ld.lld --gc-sections -L "$microcontroller/cortex-m4" -T "$script" "$@" -o "$output" ;;
    wasm32*) wasm-ld --no-entry --gc-sections -z stack-size=65536 --allow-undefined "$@" -o "$output" ;;
    *) ld.lld --gc-sections -static "$@" -o "$output" ;;
  esac
}
