import Testing

@testable import LiquidCore

/// One affine map in memory, packed from the description at `ImageLayout`.
struct PackedMap: ~Copyable {
  let image: UnsafeMutableRawPointer
  var descriptor = MapDescriptor()

  /// `widths` are the bits of the weights of each panel; each panel is a run.
  init(
    rows: Int, columns: Int, widths: [Int], bias: [Int32], multipliers: [Int32],
    _ weight: (Int, Int) -> Int
  ) {
    descriptor.rows = UInt32(rows)
    descriptor.columns = UInt32(columns)
    let (paddedRows, paddedColumns) = (descriptor.paddedRows, descriptor.paddedColumns)
    let weightBytes = 16 * paddedRows * paddedColumns
    let byteCount = weightBytes + 12 * paddedRows + widths.count * MemoryLayout<PanelRun>.stride
    image = .allocate(byteCount: byteCount, alignment: 32)
    image.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    descriptor.bias = UInt32(weightBytes)
    descriptor.multipliers = UInt32(weightBytes + 4 * paddedRows)
    let sums = weightBytes + 8 * paddedRows
    (descriptor.runs, descriptor.runCount) = (UInt32(sums + 4 * paddedRows), UInt32(widths.count))
    for (panel, bits) in widths.enumerated() {
      var run = PanelRun()
      (run.rows, run.weightBits) = (8, UInt32(bits))
      (run.weights, run.weightSums) = (UInt32(16 * panel * paddedColumns), UInt32(sums + 32 * panel))
      image.storeBytes(
        of: run, toByteOffset: Int(descriptor.runs) + panel * MemoryLayout<PanelRun>.stride, as: PanelRun.self
      )
    }
    for row in 0..<rows {
      image.storeBytes(of: bias[row], toByteOffset: Int(descriptor.bias) + 4 * row, as: Int32.self)
      image.storeBytes(
        of: multipliers[row], toByteOffset: Int(descriptor.multipliers) + 4 * row, as: Int32.self)
      let sum = (0..<columns).reduce(0) { $0 + weight(row, $1) }
      image.storeBytes(of: Int32(sum), toByteOffset: sums + 4 * row, as: Int32.self)
      let (panel, lane) = (row / 8, row % 8)
      let start = 16 * panel * paddedColumns
      for column in 0..<columns {
        if widths[panel] == 8 {
          let place = start + column / 4 * 32 + lane * 4 + [0, 2, 1, 3][column % 4]
          image.storeBytes(of: Int8(weight(row, column)), toByteOffset: place, as: Int8.self)
        } else {
          let place = start + 2 * (column / 2 * 16 + lane * 2 + column % 2)
          image.storeBytes(of: Int16(weight(row, column)), toByteOffset: place, as: Int16.self)
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
    _ weights: [[Int]], _ bias: [Int32], _ multipliers: [Int32], _ input: [Int16], widths: [Int],
    blockShift: Int
  ) -> [Int32] {
    weights.indices.map { row in
      var total = Int64(bias[row])
      let bits = widths[row / 8]
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

  @Test(
    "kernels equal the definition for all shapes around their blocks, with panels of one width and of both",
    arguments: [[8], [16], [8, 16], [16, 16, 8]])
  func definition(_ pattern: [Int]) {
    var state: UInt64 = 17
    func draw(_ range: ClosedRange<Int>) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + Int(state >> 33) % (range.upperBound - range.lowerBound + 1)
    }
    for (rows, columns) in [
      (1, 1), (3, 2), (7, 5), (8, 4), (9, 31), (16, 32), (17, 33), (40, 65), (5, 130), (72, 96),
    ] {
      let widths = (0..<(rows + 7) / 8).map { pattern[$0 % pattern.count] }
      let weights = (0..<rows).map { row in
        let most = widths[row / 8] == 8 ? 127 : 60_000 / min(columns, 32)
        return (0..<columns).map { _ in draw(-most...most) }
      }
      let bias = (0..<rows).map { _ in Int32(draw(-1_000_000...1_000_000)) }
      let multipliers = (0..<rows).map { _ in Int32(draw(0...(1 << 26))) }
      var packed = PackedMap(
        rows: rows, columns: columns, widths: widths, bias: bias, multipliers: multipliers
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
        let expected = Self.defined(weights, bias, multipliers, input, widths: widths, blockShift: 3)
        for kernel in Kernel.allCases where kernel.isAvailable {
          #expect(
            packed.applied(to: input, kernel) == expected,
            "\(rows) × \(columns), input \(kind), \(kernel.name)")
        }
      }
    }
  }
}
