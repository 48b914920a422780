#if canImport(CLiquidKernels)
  import CLiquidKernels
#endif

extension FixedPointArithmetic {
  #if arch(arm) || arch(riscv32) || arch(riscv64)
    /// 32-bit lanes: half a panel's rows, because without vectors each lane takes registers of its own, and all eight
    /// would not fit.
    typealias Lanes = SIMD4<Int32>
  #else
    /// 32-bit lanes: one panel's rows.
    typealias Lanes = SIMD8<Int32>
  #endif

  /// Each row: total = bias + Σ weight·input, and then ⌊total·multiplier / 2³²⌋.
  #if _pointerBitWidth(_32)
    // A step calls it in five places, and a microcontroller has flash for one.
    @inline(never)
  #endif
  public static func affine(
    _ map: AffineMap, _ input: UnsafePointer<Int16>, _ output: UnsafeMutablePointer<Int32>,
    _ kernel: KernelFunctions
  ) {
    var row = 0
    for index in 0..<Int(map.descriptor.runCount) {
      let run = map.run(index)
      affine(map, run, from: row, input, output, kernel)
      row &+= Int(run.rows)
    }
  }

  /// The rows of a run, which begins with row `first`.
  @inline(__always)
  private static func affine(
    _ map: AffineMap, _ run: PanelRun, from first: Int, _ input: UnsafePointer<Int16>,
    _ output: UnsafeMutablePointer<Int32>, _ kernel: KernelFunctions
  ) {
    #if canImport(CLiquidKernels)
      if let table = kernel.table {
        let d = map.descriptor
        if let function = run.weightBits == 8 ? table.pointee.affine8 : table.pointee.affine16 {
          var fixed = liquid_fixed_map(
            weights: map.image + Int(run.weights), bias: numbers(map, d.bias) + first,
            multipliers: numbers(map, d.multipliers) + first, weight_sums: numbers(map, run.weightSums),
            rows: Int(run.rows), columns: d.paddedColumns, block_shift: d.blockShift)
          return function(&fixed, input, output + first)
        }
      }
    #endif
    if run.weightBits == 8 {
      affine8(map, run, from: first, UnsafeRawPointer(input), output)
    } else {
      affine16(map, run, from: first, UnsafeRawPointer(input), output)
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

  @inline(__always)
  private static func low(_ lanes: Lanes) -> Lanes { (lanes &<< 16) &>> 16 }

  @inline(__always)
  private static func high(_ lanes: Lanes) -> Lanes { lanes &>> 16 }

  /// The two next inputs, in every lane.
  @inline(__always)
  private static func pair(_ input: UnsafeRawPointer) -> Lanes {
    // In memory order, so that the first of the two is the low half on a little-endian machine.
    Lanes(repeating: Int32(littleEndian: input.loadUnaligned(as: Int32.self)))
  }

  private static func affine16(
    _ map: AffineMap, _ run: PanelRun, from first: Int, _ input: UnsafeRawPointer,
    _ output: UnsafeMutablePointer<Int32>
  ) {
    let pairs = map.descriptor.paddedColumns / 2
    let blockPairs = ImageLayout.blockColumns / 2
    let blockShift = Lanes(repeating: map.descriptor.blockShift)
    var row = 0
    while row < Int(run.rows) {
      var total = numbers(map, map.descriptor.bias, first &+ row)
      var weights = panel(map, run, row, bytesPerColumn: 2)
      var inputs = input
      var left = pairs
      while left > 0 {
        var sum = Lanes.zero
        for _ in 0..<min(blockPairs, left) {
          let both = lanes(weights, 0)
          let pair = pair(inputs)
          sum = sum &+ low(both) &* low(pair) &+ high(both) &* high(pair)
          weights += 32
          inputs += 4
        }
        total = total &+ (sum &>> blockShift)
        left &-= blockPairs
      }
      requantise(total, map, first &+ row, output)
      row &+= Lanes.scalarCount
    }
  }

  private static func affine8(
    _ map: AffineMap, _ run: PanelRun, from first: Int, _ input: UnsafeRawPointer,
    _ output: UnsafeMutablePointer<Int32>
  ) {
    let groups = map.descriptor.paddedColumns / 4
    var row = 0
    while row < Int(run.rows) {
      var total = numbers(map, map.descriptor.bias, first &+ row)
      var weights = panel(map, run, row, bytesPerColumn: 1)
      var inputs = input
      for _ in 0..<groups {
        let four = lanes(weights, 0)
        let near = pair(inputs)
        let far = pair(inputs + 4)
        total = total &+ ((four &<< 24) &>> 24) &* low(near)
        total = total &+ ((four &<< 8) &>> 24) &* high(near)
        total = total &+ ((four &<< 16) &>> 24) &* low(far)
        total = total &+ (four &>> 24) &* high(far)
        weights += 32
        inputs += 8
      }
      requantise(total, map, first &+ row, output)
      row &+= Lanes.scalarCount
    }
  }

  /// The weights of a run's rows from its row `row` on.
  @inline(__always)
  private static func panel(_ map: AffineMap, _ run: PanelRun, _ row: Int, bytesPerColumn: Int)
    -> UnsafeRawPointer
  {
    let inPanel = row & (ImageLayout.panelRows &- 1)
    return map.image + Int(run.weights)
      + (row &- inPanel) &* map.descriptor.paddedColumns &* bytesPerColumn + 4 &* inPanel
  }

  @inline(__always)
  private static func numbers(_ map: AffineMap, _ offset: UInt32, _ row: Int) -> Lanes {
    lanes(map.image + Int(offset), 4 &* row)
  }

  @inline(__always)
  private static func requantise(
    _ total: Lanes, _ map: AffineMap, _ row: Int, _ output: UnsafeMutablePointer<Int32>
  ) {
    let multiplier = numbers(map, map.descriptor.multipliers, row)
    for lane in 0..<Lanes.scalarCount {
      output[row &+ lane] = FixedPoint.high(total[lane], multiplier[lane])
    }
  }
}
