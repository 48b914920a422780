/// A network's parameters as one read-only block of memory, and how to find one's way in it.
///
/// The block begins with an `ImageHeader`; behind it lie the descriptors of cells and affine maps, and the
/// numbers that they point to. Every place is an offset in bytes from the beginning of the block, every
/// number is in the byte order of the machine. `Network.init` checks every offset, so that no image,
/// however made, leads outside the block.
///
/// Weights lie in panels of eight rows, so that eight sums grow side by side and no lane is ever added to
/// its neighbour. Rows are padded with zeros to a multiple of `ImageLayout.panelRows`, columns to a multiple
/// of `ImageLayout.columnGroup`:
///
/// - Float32 and Float16: column after column, the weights of the panel's eight rows side by side.
/// - Int16: pairs of columns; of each row the two weights side by side (one multiply-add instruction on
///   x86-64 and Cortex-M multiplies and adds the pair).
/// - Int8: groups of four columns; of each row four bytes in the order of columns 0, 2, 1, 3, so that the even
///   bytes are one pair and the odd bytes the next.
///
/// The panels of a map come in runs: those of one `PanelRun` have weights of the same width. Floating point has one
/// run; in fixed point panels of 8 and of 16 bits may follow each other.
///
/// A kernel may read a whole panel's numbers of `bias`, `multipliers` and `weightSums` at once.
public enum ImageLayout {
  /// The first word of an image: "GLQI" in little-endian order.
  public static let magic: UInt32 = 0x4951_4C47
  /// The layout's version.
  public static let version: UInt32 = 4
  /// Image and workspace begin at a multiple of so many bytes, which arrays of 64-bit words do in every language.
  public static let baseAlignment = 8
  /// Panels lie at multiples of so many bytes from the beginning of the image. Fast where it begins at one too.
  public static let alignment = 32
  /// Every section of the workspace lies at a multiple of so many bytes.
  public static let sectionAlignment = 16
  /// Rows of a panel.
  public static let panelRows = 8
  /// Columns are padded to a multiple of this.
  public static let columnGroup = 4
  /// With 16-bit weights the sum of so many columns is shifted by the map's `blockShift` before it is added
  /// to the total.
  public static let blockColumns = 32
  /// Bits that inputs may have in fixed point.
  public static let inputBits: ClosedRange<Int32> = 12...16
  /// Most units of a layer, inputs, or outputs.
  public static let maximumUnits = 4096
  /// Most cells, and most backbone layers of a cell.
  public static let maximumLayers = 16
  /// Bits behind the point of the LSTM's cell state c.
  public static let memoryFraction: Int32 = 20
  /// Bits behind the point of the argument of an LTC cell's synapse.
  public static let synapseFraction: Int32 = 16
  /// Most semi-implicit Euler steps of an LTC cell in a step.
  public static let maximumUnfolds = 64

  /// `count` rounded up to a multiple of `unit`, a power of two.
  @inlinable @inline(__always)
  public static func padded(_ count: Int, to unit: Int) -> Int { (count &+ (unit &- 1)) & ~(unit &- 1) }
}

/// The head of an image.
public struct ImageHeader: BitwiseCopyable, Sendable {
  /// `ImageLayout.magic`.
  public var magic = ImageLayout.magic
  /// `ImageLayout.version`.
  public var version = ImageLayout.version
  /// `Arithmetic.code` of the arithmetic that the numbers are for.
  public var arithmetic: UInt32 = 0
  /// Size of the whole image.
  public var byteCount: UInt32 = 0
  /// Inputs of the network.
  public var inputCount: UInt32 = 0
  /// Outputs of the network.
  public var outputCount: UInt32 = 0
  /// Cells of the chain.
  public var cellCount: UInt32 = 0
  /// Offset of their descriptors.
  public var cells: UInt32 = 0
  /// Affine maps in order of use (the memory's gates, then of each cell the backbone and the stacked heads,
  /// then the projection).
  public var mapCount: UInt32 = 0
  /// Offset of their descriptors.
  public var maps: UInt32 = 0
  /// A raw value of `MemoryRole`.
  public var memory: UInt32 = 0
  /// 1 with a projection, otherwise 0.
  public var projection: UInt32 = 0
  /// Offset of `inputCount` numbers of type Float: an input is multiplied by its scale and rounded. All 1 in an
  /// image for floating point.
  public var inputScales: UInt32 = 0
  /// Offset of `outputCount` numbers of type Float: an output's integer is multiplied by its scale.
  public var outputScales: UInt32 = 0
  /// Fixed point: ts is multiplied by 2^`elapsedFraction` and rounded.
  public var elapsedFraction: Int32 = 0
  /// Fixed point: the largest ts, multiplied likewise.
  public var elapsedLimit: Int32 = 0
  /// Fixed point: bits of an input, the sign among them.
  public var inputBits: Int32 = 16

  /// A header to be filled in.
  public init() {}
}

/// What mixed memory's hidden output is to the cell.
public enum MemoryRole: UInt32, Sendable {
  /// There is no memory.
  case none = 0
  /// The cell reads [input | hidden'].
  case replacesState = 1
  /// The cell reads [hidden' | its previous state].
  case feedsInput = 2
}

/// How the heads become the new state, see `Arithmetic.renew`; or that it is an LTC cell, which has none.
public enum CellMode: UInt32, Sendable {
  /// f1 + s·(f2 − f1).
  case `default` = 0
  /// f1 + s·f2.
  case noGate = 1
  /// a − a·exp(−ts(|w_tau| + |f1|))·f1.
  case pure = 2
  /// A liquid time-constant cell; see `Arithmetic.unfold`.
  case ltc = 3
}

/// A function of one number.
public enum Activation: UInt32, Sendable {
  /// x itself; heads only.
  case linear = 0
  /// The hyperbolic tangent.
  case tanh = 1
  /// 1.7159·tanh(0.666·x). In fixed point the weights carry both constants, so that this is tanh.
  case lecunTanh = 2
  /// max(x, 0); backbones only.
  case relu = 3
  /// x·σ(x); backbones only.
  case silu = 4
  /// x·Φ(x) with the normal distribution Φ; backbones only.
  case gelu = 5
}

/// One cell of the chain.
public struct CellDescriptor: BitwiseCopyable, Sendable {
  /// Neurons.
  public var units: UInt32 = 0
  /// A raw value of `CellMode`.
  public var mode: UInt32 = 0
  /// A raw value of `Activation`.
  public var headActivation: UInt32 = 0
  /// A raw value of `Activation`.
  public var backboneActivation: UInt32 = 0
  /// Layers in front of the heads.
  public var backboneCount: UInt32 = 0
  /// Mode pure: offset of `units` values |w_tau| and `units` values a, as Float or Int32. An LTC cell: offset of its
  /// `LTCDescriptor`.
  public var parameters: UInt32 = 0
  /// Fixed point: bits behind the point of the rows of ff1 and ff2.
  public var headFraction: Int32 = 0
  /// Fixed point: bits behind the point of time_b and of (time_a · ts) >> 32.
  public var gateFraction: Int32 = 0
  /// Fixed point, mode pure: right shift of (|w_tau| + |ff1|) · ts to 20 bits behind the point.
  public var timeShift: Int32 = 0
  /// Fixed point: right shift from half the heads' format to that of the state; in mode pure, right shift of
  /// (1 − exp(…)·f1)·a.
  public var stateShift: Int32 = 0

  /// A descriptor to be filled in.
  public init() {}
}

/// One affine map.
public struct MapDescriptor: BitwiseCopyable, Sendable {
  /// Outputs, without padding.
  public var rows: UInt32 = 0
  /// Inputs, without padding.
  public var columns: UInt32 = 0
  /// Offset of the runs of panels, from the first row on.
  public var runs: UInt32 = 0
  /// How many there are.
  public var runCount: UInt32 = 0
  /// Offset of a bias for each padded row, as Float, or as Int32 at the scale of the row's total.
  public var bias: UInt32 = 0
  /// Fixed point: offset of an Int32 multiplier for each padded row.
  public var multipliers: UInt32 = 0
  /// Fixed point, 16-bit weights: right shift of the sum of `ImageLayout.blockColumns` columns.
  public var blockShift: Int32 = 0
  /// Fixed point: bits behind the point of the requantised rows (a backbone's or the memory's).
  public var fraction: Int32 = 0
  /// Fixed point: right shift from there to the values of relu, silu and gelu.
  public var valueShift: Int32 = 0

  /// A descriptor to be filled in.
  public init() {}

  /// Rows including padding.
  @inlinable @inline(__always)
  public var paddedRows: Int { ImageLayout.padded(Int(rows), to: ImageLayout.panelRows) }
  /// Columns including padding.
  @inlinable @inline(__always)
  public var paddedColumns: Int { ImageLayout.padded(Int(columns), to: ImageLayout.columnGroup) }
}

/// Neighbouring panels of a map whose weights have the same width.
public struct PanelRun: BitwiseCopyable, Sendable {
  /// Rows, a multiple of `ImageLayout.panelRows`.
  public var rows: UInt32 = 0
  /// 32 (Float32), 16 (Float16 or Int16), or 8 (Int8).
  public var weightBits: UInt32 = 0
  /// Offset of the panels.
  public var weights: UInt32 = 0
  /// Fixed point, 8-bit weights: offset of an Int32 Σ weight for each row. Kernels that multiply bytes need it.
  public var weightSums: UInt32 = 0

  /// A run to be filled in.
  public init() {}
}

/// An affine map in its image.
public struct AffineMap {
  /// Its sizes and offsets.
  public let descriptor: MapDescriptor
  /// The beginning of the image.
  public let image: UnsafeRawPointer

  /// A map that has been checked to lie within its image.
  @inline(__always)
  init(_ image: UnsafeRawPointer, _ descriptor: MapDescriptor) {
    (self.image, self.descriptor) = (image, descriptor)
  }

  /// Map `index` of the image.
  @inline(__always)
  init(_ image: UnsafeRawPointer, _ header: ImageHeader, _ index: Int) {
    self.image = image
    descriptor = image.loadUnaligned(
      fromByteOffset: Int(header.maps) &+ index &* MemoryLayout<MapDescriptor>.stride, as: MapDescriptor.self)
  }

  /// Run `index` of its panels.
  @inline(__always)
  func run(_ index: Int) -> PanelRun {
    image.loadUnaligned(
      fromByteOffset: Int(descriptor.runs) &+ index &* MemoryLayout<PanelRun>.stride, as: PanelRun.self)
  }
}
