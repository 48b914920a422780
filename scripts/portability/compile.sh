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
    cortex-a*) triple=aarch64-none-none-elf flags=() platform=$root/scripts/portability/aarch64.c ;;
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
  swiftc -target "$triple" "${clang[@]}" -enable-experimental-feature Embedded \
    -enable-experimental-feature Lifetimes -no-allocations -wmo -parse-as-library -swift-version 6 -warnings-as-errors -module-name LiquidCore -Xfrontend -function-sections \
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
    *) ld.lld --gc-sections -static ${script:+-T "$script"} "$@" -o "$output" ;;
  esac
}

# add_kernel NUMBER: for a target on AArch64 with one of the kernels in C: compiles them into $out, and adds to swift and c
# what the program needs.
add_kernel() {
  local here=$root/scripts/portability
  # The kernels as LiquidCore imports them, and their processor's features as Linux tells them.
  printf 'module CLiquidKernels { header "%s" export * }\n' \
    "$root/Sources/CLiquidKernels/include/liquid_kernels.h" >"$out/module.modulemap"
  swift+=("$here/KernelChoice.swift" -I "$out")
  c+=("-DKERNEL=$1")
  triple=aarch64-unknown-linux-gnu compile_c "$out/kernels.o" -O3 -std=c11 -nostdlibinc -isystem "$here/include" \
    -I "$root/Sources/CLiquidKernels/include" "$root/Sources/CLiquidKernels/arm.c"
}

# embed_models FOLDER NETWORKS...: FOLDER/models as C, and in FOLDER/models.h what a program needs to know of them. $GANGLION
# has written models and input there, and what it said of them into FOLDER/written.
embed_models() {
  local folder=$1 network arithmetic name symbol needed columns table= words=0
  shift
  columns=$(sed -n 's/.* rows of \([0-9]*\) numbers/\1/p' "$folder/written")
  for network in "$@"; do
    for arithmetic in int8 int16; do
      name=$network-$arithmetic
      "$GANGLION" embed "$folder/models/$name.safetensors" --language c --name "$name" -o "$folder/models/$name.c" \
        >>"$folder/written"
      echo "#include \"models/$name.h\"" >>"$folder/models.h"
      symbol=${name//-/_}
      table+="  {\"$name\", ${symbol}_image, sizeof ${symbol}_image, ${symbol^^}_INPUTS, ${symbol^^}_OUTPUTS},"$'\n'
      needed=$(sed -n 's/^#define .*_WORKSPACE_WORDS //p' "$folder/models/$name.h")
      if ((needed > words)); then words=$needed; fi
    done
  done
  cat >>"$folder/models.h" <<HEADER
#define LARGEST_WORKSPACE_WORDS $words
#define MOST_OUTPUTS 16
#define RECORDED_COLUMNS $columns
struct model {
  const char *name;
  const unsigned char *image;
  size_t image_bytes;
  uint32_t inputs, outputs;
};
static const struct model models[] = {
$table};
#define MODEL_COUNT (sizeof models / sizeof *models)
extern const float recorded_input[];
HEADER
}
