import Testing

@testable import LiquidCore

/// One affine map in memory, packed from the description at `ImageLayout`.
struct PackedMap: ~Copyable {
  let image: UnsafeMutableRawPointer
  var descriptor = MapDescriptor()

  init(
    rows: Int, columns: Int, weightBits: Int, bias: [Int32], multipliers: [Int32], _ weight: (Int, Int) -> Int
  ) {
    descriptor.rows = UInt32(rows)
    descriptor.columns = UInt32(columns)
    descriptor.weightBits = UInt32(weightBits)
    let (paddedRows, paddedColumns) = (descriptor.paddedRows, descriptor.paddedColumns)
    let weightBytes = paddedRows * paddedColumns * weightBits / 8
    image = .allocate(byteCount: weightBytes + 12 * paddedRows, alignment: 32)
    image.initializeMemory(as: UInt8.self, repeating: 0, count: weightBytes + 12 * paddedRows)
    descriptor.bias = UInt32(weightBytes)
    descriptor.multipliers = UInt32(weightBytes + 4 * paddedRows)
    descriptor.weightSums = UInt32(weightBytes + 8 * paddedRows)
    for row in 0..<rows {
      image.storeBytes(of: bias[row], toByteOffset: Int(descriptor.bias) + 4 * row, as: Int32.self)
      image.storeBytes(
        of: multipliers[row], toByteOffset: Int(descriptor.multipliers) + 4 * row, as: Int32.self)
      let sum = (0..<columns).reduce(0) { $0 + weight(row, $1) }
      image.storeBytes(of: Int32(sum), toByteOffset: Int(descriptor.weightSums) + 4 * row, as: Int32.self)
      for column in 0..<columns {
        let (panel, lane) = (row / 8, row % 8)
        let start = panel * 8 * paddedColumns
        if weightBits == 8 {
          let place = start + column / 4 * 32 + lane * 4 + [0, 2, 1, 3][column % 4]
          image.storeBytes(of: Int8(weight(row, column)), toByteOffset: place, as: Int8.self)
        } else {
          let place = start + column / 2 * 16 + lane * 2 + column % 2
          image.storeBytes(of: Int16(weight(row, column)), toByteOffset: 2 * place, as: Int16.self)
        }
      }
    }
  }

  deinit { image.deallocate() }

  func applied(to input: [Int16], _ kernel: Kernel) -> [Int32] {
    let padded = input + [Int16](repeating: 0, count: descriptor.paddedColumns - input.count)
    var output = [Int32](repeating: 0, count: descriptor.paddedRows)
    let map = AffineMap(UnsafeRawPointer(image), descriptor)
    padded.withUnsafeBufferPointer { padded in
      output.withUnsafeMutableBufferPointer { output in
        guard let from = padded.baseAddress, let to = output.baseAddress else { return }
        FixedPointArithmetic.affine(map, from, to, KernelFunctions(kernel))
      }
    }
    return Array(output.prefix(Int(descriptor.rows)))
  }
}

@Suite("Integer affine maps")
struct AffineTests {
  /// The definition, in wide arithmetic.
  static func defined(
    _ weights: [[Int]], _ bias: [Int32], _ multipliers: [Int32], _ input: [Int16], bits: Int, blockShift: Int
  ) -> [Int32] {
    weights.indices.map { row in
      var total = Int64(bias[row])
      let width = bits == 8 ? input.count : 32
      for start in stride(from: 0, to: input.count, by: width) {
        var sum: Int64 = 0
        for column in start..<min(start + width, input.count) {
          sum += Int64(weights[row][column]) * Int64(input[column])
        }
        total += sum >> Int64(bits == 8 ? 0 : blockShift)
      }
      return Int32((total * Int64(multipliers[row])) >> 32)
    }
  }

  @Test("kernels equal the definition for all shapes around their blocks", arguments: [8, 16])
  func definition(_ bits: Int) {
    var state: UInt64 = 17
    func draw(_ range: ClosedRange<Int>) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + Int(state >> 33) % (range.upperBound - range.lowerBound + 1)
    }
    for (rows, columns) in [
      (1, 1), (3, 2), (7, 5), (8, 4), (9, 31), (16, 32), (17, 33), (40, 65), (5, 130), (72, 96),
    ] {
      let most = bits == 8 ? 127 : 60_000 / min(columns, 32)
      let weights = (0..<rows).map { _ in (0..<columns).map { _ in draw(-most...most) } }
      let bias = (0..<rows).map { _ in Int32(draw(-1_000_000...1_000_000)) }
      let multipliers = (0..<rows).map { _ in Int32(draw(0...(1 << 26))) }
      var packed = PackedMap(
        rows: rows, columns: columns, weightBits: bits, bias: bias, multipliers: multipliers
      ) { weights[$0][$1] }
      packed.descriptor.blockShift = 3
      for kind in 0..<4 {
        let input = (0..<columns).map { column in
          switch kind {
          case 0: Int16(draw(-32768...32767))
          case 1: Int16(32767)
          case 2: Int16(-32768)
          default: column % 2 == 0 ? Int16(32767) : -32768
          }
        }
        let expected = Self.defined(weights, bias, multipliers, input, bits: bits, blockShift: 3)
        for kernel in Kernel.allCases where kernel.isAvailable {
          #expect(
            packed.applied(to: input, kernel) == expected,
            "\(rows) × \(columns), input \(kind), \(kernel.name)")
        }
      }
    }
  }
}
