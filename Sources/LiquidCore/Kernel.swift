#if canImport(CLiquidKernels)
  import CLiquidKernels
#endif

/// The processor's instructions that a network is computed with.
///
/// All kernels give the same bits, in every arithmetic: integers are exact, and in floating point each kernel adds
/// and multiplies the same numbers in the same order, fused only where the product is exact. So the choice is one of
/// speed only.
public enum Kernel: UInt8, Sendable {
  /// Swift, compiled for the least processor of its kind: SSE2 on x86-64, NEON on AArch64. Always available.
  case portable = 0
  /// x86-64 with AVX2, F16C and FMA.
  case avx2 = 1
  /// x86-64 with AVX2, F16C, FMA and the multiply-add instructions of AVX-512 VNNI (on 256 bits).
  case avx512vnni = 2
  /// AArch64: eight-row multiply-add of 16-bit integers and half-precision loads.
  case neon = 3
  /// AArch64 with the dot product of bytes (Cortex-A76 and later).
  case neonDot = 4

  /// Whether this program has the kernel and this processor its instructions.
  public var isAvailable: Bool { self == .portable || KernelFunctions(self).isNative }

  /// The fastest kernel that is available.
  public static var best: Kernel {
    if Kernel.avx512vnni.isAvailable { return .avx512vnni }
    if Kernel.avx2.isAvailable { return .avx2 }
    if Kernel.neonDot.isAvailable { return .neonDot }
    return Kernel.neon.isAvailable ? .neon : .portable
  }

  /// Its name, as `--kernel` takes it.
  public var name: StaticString {
    switch self {
    case .portable: "portable"
    case .avx2: "avx2"
    case .avx512vnni: "avx512vnni"
    case .neon: "neon"
    case .neonDot: "neondot"
    }
  }
}

#if !hasFeature(Embedded)
  // The list of all cases is an array, which an Embedded program without a heap cannot have.
  extension Kernel: CaseIterable {
    /// All kernels, available or not.
    public static var allCases: [Kernel] { [.portable, .avx2, .avx512vnni, .neon, .neonDot] }
  }
#endif

/// The functions of a kernel: those of a table in C, or none where Swift's are used.
public struct KernelFunctions: BitwiseCopyable {
  #if canImport(CLiquidKernels)
    /// The table; nil for Swift's functions.
    let table: UnsafePointer<liquid_kernel>?

    /// The functions of `kernel`; Swift's when it is not available here.
    init(_ kernel: Kernel) { table = liquid_kernel_named(UInt32(kernel.rawValue)) }

    /// Whether there is a table.
    var isNative: Bool { table != nil }
  #else
    init(_ kernel: Kernel) {}
    var isNative: Bool { false }
  #endif
}
