#if canImport(CLiquidKernels)
  import CLiquidKernels
#endif

extension FixedPointArithmetic {
  /// Eight 32-bit lanes: one panel's rows.
  typealias Lanes = SIMD8<Int32>

  /// Each row: total = bias + Σ weight·input, and then ⌊total·multiplier / 2³²⌋.
  public static func affine(
    _ map: AffineMap, _ input: UnsafePointer<Int16>, _ output: UnsafeMutablePointer<Int32>,
    _ kernel: KernelFunctions
  ) {
    #if canImport(CLiquidKernels)
      if let table = kernel.table {
        let d = map.descriptor
        if let function = d.weightBits == 8 ? table.pointee.affine8 : table.pointee.affine16 {
          var fixed = liquid_fixed_map(
            weights: map.image + Int(d.weights), bias: numbers(map, d.bias),
            multipliers: numbers(map, d.multipliers), weight_sums: numbers(map, d.weightSums),
            rows: d.paddedRows, columns: d.paddedColumns, block_shift: d.blockShift)
          return function(&fixed, input, output)
        }
      }
    #endif
    if map.descriptor.weightBits == 8 {
      affine8(map, UnsafeRawPointer(input), output)
    } else {
      affine16(map, UnsafeRawPointer(input), output)
    }
  }

  @inline(__always)
  private static func numbers(_ map: AffineMap, _ offset: UInt32) -> UnsafePointer<Int32> {
    (map.image + Int(offset)).assumingMemoryBound(to: Int32.self)
  }

  @inline(__always)
  private static func lanes(_ pointer: UnsafeRawPointer, _ offset: Int) -> Lanes {
    pointer.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
  }

  /// The products of two columns: each lane's low half times `pair`'s low half plus high times high.
  @inline(__always)
  private static func low(_ lanes: Lanes) -> Lanes { (lanes &<< 16) &>> 16 }

  @inline(__always)
  private static func high(_ lanes: Lanes) -> Lanes { lanes &>> 16 }

  /// The inputs 2·`pair` and 2·`pair` + 1 in every lane.
  @inline(__always)
  private static func pair(_ input: UnsafeRawPointer, _ pair: Int) -> Lanes {
    // In memory order, so that the first of the two is the low half on a little-endian machine.
    Lanes(repeating: Int32(littleEndian: input.loadUnaligned(fromByteOffset: 4 &* pair, as: Int32.self)))
  }

  private static func affine16(
    _ map: AffineMap, _ input: UnsafeRawPointer, _ output: UnsafeMutablePointer<Int32>
  ) {
    let pairs = map.descriptor.paddedColumns / 2
    let blockPairs = ImageLayout.blockColumns / 2
    let blockShift = Lanes(repeating: map.descriptor.blockShift)
    var panel = map.image + Int(map.descriptor.weights)
    let bias = map.image + Int(map.descriptor.bias)
    for row in stride(from: 0, to: map.descriptor.paddedRows, by: ImageLayout.panelRows) {
      var total = lanes(bias, 4 &* row)
      var column = 0
      while column < pairs {
        let end = min(column &+ blockPairs, pairs)
        var (first, second) = (Lanes.zero, Lanes.zero)
        while column < end {
          let weights = lanes(panel, 0)
          let inputs = pair(input, column)
          first = first &+ low(weights) &* low(inputs)
          second = second &+ high(weights) &* high(inputs)
          panel += 32
          column &+= 1
        }
        total = total &+ ((first &+ second) &>> blockShift)
      }
      requantise(total, map, row, output)
    }
  }

  private static func affine8(
    _ map: AffineMap, _ input: UnsafeRawPointer, _ output: UnsafeMutablePointer<Int32>
  ) {
    let groups = map.descriptor.paddedColumns / 4
    var panel = map.image + Int(map.descriptor.weights)
    let bias = map.image + Int(map.descriptor.bias)
    for row in stride(from: 0, to: map.descriptor.paddedRows, by: ImageLayout.panelRows) {
      var (first, second) = (lanes(bias, 4 &* row), Lanes.zero)
      for group in 0..<groups {
        let weights = lanes(panel, 0)
        let (near, far) = (pair(input, 2 &* group), pair(input, 2 &* group &+ 1))
        first = first &+ ((weights &<< 24) &>> 24) &* low(near)
        second = second &+ ((weights &<< 8) &>> 24) &* high(near)
        first = first &+ ((weights &<< 16) &>> 24) &* low(far)
        second = second &+ (weights &>> 24) &* high(far)
        panel += 32
      }
      requantise(first &+ second, map, row, output)
    }
  }

  @inline(__always)
  private static func requantise(
    _ total: Lanes, _ map: AffineMap, _ row: Int, _ output: UnsafeMutablePointer<Int32>
  ) {
    let multiplier = lanes(map.image + Int(map.descriptor.multipliers), 4 &* row)
    for lane in 0..<ImageLayout.panelRows {
      output[row &+ lane] = FixedPoint.high(total[lane], multiplier[lane])
    }
  }
}
