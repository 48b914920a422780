import LiquidCore

/// Puts together the image of a network: descriptors first, then numbers, each at its alignment.
struct ImageBuilder {
  /// The head; `finished` completes it.
  var header = ImageHeader()
  private var cells: [CellDescriptor] = []
  private var maps: [MapDescriptor] = []
  private var numbers: [UInt8] = []

  /// Where the numbers begin: room for the header and the most descriptors there can be.
  private let start: Int

  init(arithmetic: UInt32, architecture: Architecture) {
    let cellCount = architecture.cells.count
    let mapCount = FixedModel.maps(of: architecture).count
    let descriptors =
      MemoryLayout<ImageHeader>.stride + cellCount * MemoryLayout<CellDescriptor>.stride
      + mapCount * MemoryLayout<MapDescriptor>.stride
    start = ImageLayout.padded(descriptors, to: ImageLayout.alignment)
    header.arithmetic = arithmetic
    header.inputCount = UInt32(architecture.inputs)
    header.outputCount = UInt32(architecture.outputs)
    header.memory = (architecture.memory?.inCore ?? .none).rawValue
    header.projection = architecture.hasProjection ? 1 : 0
  }

  /// Appends numbers and returns their offset in the image.
  mutating func append<Number: BitwiseCopyable>(
    _ values: [Number], alignment: Int = 4, padding: Int = 0
  ) -> UInt32 {
    let place = ImageLayout.padded(start + numbers.count, to: alignment)
    numbers.append(contentsOf: repeatElement(0, count: place - start - numbers.count))
    values.withUnsafeBytes { numbers.append(contentsOf: $0) }
    numbers.append(contentsOf: repeatElement(0, count: padding * MemoryLayout<Number>.stride))
    return UInt32(place)
  }

  /// Appends `rows` numbers, padded to whole panels.
  mutating func appendRows<Number: BitwiseCopyable>(_ values: [Number]) -> UInt32 {
    append(values, padding: ImageLayout.padded(values.count, to: ImageLayout.panelRows) - values.count)
  }

  mutating func append(_ map: MapDescriptor) { maps.append(map) }
  mutating func append(_ cell: CellDescriptor) { cells.append(cell) }

  /// The weights in panels, as `ImageLayout` says; `order` is how the columns of a group follow each other.
  static func panels<Weight: ExpressibleByIntegerLiteral>(
    _ weights: [Weight], rows: Int, columns: Int, order: [Int]
  ) -> [Weight] {
    let panel = ImageLayout.panelRows
    let paddedRows = ImageLayout.padded(rows, to: panel)
    let paddedColumns = ImageLayout.padded(columns, to: ImageLayout.columnGroup)
    var packed = [Weight](repeating: 0, count: paddedRows * paddedColumns)
    for row in 0..<rows {
      for column in 0..<columns {
        let (group, inGroup) = (column / order.count, column % order.count)
        let place =
          (row / panel) * panel * paddedColumns + group * panel * order.count
          + (row % panel) * order.count + order[inGroup]
        packed[place] = weights[row * columns + column]
      }
    }
    return packed
  }

  /// The whole image.
  mutating func finished() -> AlignedBlock {
    header.cellCount = UInt32(cells.count)
    header.mapCount = UInt32(maps.count)
    header.cells = UInt32(MemoryLayout<ImageHeader>.stride)
    header.maps = header.cells + UInt32(cells.count * MemoryLayout<CellDescriptor>.stride)
    header.byteCount = UInt32(start + numbers.count)
    let block = AlignedBlock(byteCount: start + numbers.count)
    block.bytes.storeBytes(of: header, as: ImageHeader.self)
    for (index, cell) in cells.enumerated() {
      block.bytes.storeBytes(
        of: cell, toByteOffset: Int(header.cells) + index * MemoryLayout<CellDescriptor>.stride,
        as: CellDescriptor.self)
    }
    for (index, map) in maps.enumerated() {
      block.bytes.storeBytes(
        of: map, toByteOffset: Int(header.maps) + index * MemoryLayout<MapDescriptor>.stride,
        as: MapDescriptor.self)
    }
    numbers.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(rebasing: block.bytes[start...]).copyMemory(from: $0)
    }
    return block
  }
}

/// A block of memory at the alignment that images and workspaces need; its owner frees it.
struct AlignedBlock: ~Copyable {
  let bytes: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    // 64 bytes: a cache line.
    bytes = .allocate(byteCount: byteCount, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { bytes.deallocate() }
}

extension NetworkModel.Memory.Role {
  /// The core's name for it.
  var inCore: MemoryRole {
    switch self {
    case .replacesState: .replacesState
    case .feedsInput: .feedsInput
    }
  }
}

extension NetworkModel.Mode {
  /// The core's name for it.
  var inCore: CellMode {
    switch self {
    case .default: .default
    case .noGate: .noGate
    case .pure: .pure
    }
  }
}

extension NetworkModel.HeadActivation {
  /// The core's name for it.
  var inCore: Activation {
    switch self {
    case .tanh: .tanh
    case .linear: .linear
    case .lecunTanh: .lecunTanh
    }
  }
}

extension NetworkModel.BackboneActivation {
  /// The core's name for it.
  var inCore: Activation {
    switch self {
    case .silu: .silu
    case .relu: .relu
    case .tanh: .tanh
    case .gelu: .gelu
    case .lecunTanh: .lecunTanh
    }
  }
}

extension CellDescriptor {
  /// What architecture and image have in common.
  init(_ cell: Architecture.Cell) {
    self.init()
    units = UInt32(cell.units)
    guard case .cfc(let cell) = cell else {
      mode = CellMode.ltc.rawValue
      return
    }
    mode = cell.mode.inCore.rawValue
    headActivation = cell.headActivation.inCore.rawValue
    backboneActivation = cell.backboneActivation.inCore.rawValue
    backboneCount = UInt32(cell.backbone.count)
  }
}

extension NetworkModel.CfC {
  /// ff1, and beyond mode pure ff2, time_a and time_b, as one affine map.
  var heads: NetworkModel.Affine {
    let parts = [ff1] + [ff2, timeA, timeB].compactMap { $0 }
    return NetworkModel.Affine(
      rows: parts.reduce(0) { $0 + $1.rows }, columns: ff1.columns, weights: parts.flatMap(\.weights),
      bias: parts.flatMap(\.bias))
  }
}
