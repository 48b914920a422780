import Testing

@testable import LiquidCore

/// Every kernel of this processor against the Swift functions, bit for bit.
@Suite("Kernels")
struct KernelTests {
  static let native = Kernel.allCases.filter { $0 != .portable && $0.isAvailable }

  /// Arguments of all sizes and signs, and the ends of every range.
  static func arguments(_ count: Int, limit: Int32) -> [Int32] {
    var state: UInt64 = 99
    let ends: [Int32] = [
      0, 1, -1, limit, -limit, limit - 1, 6 << 17, -(6 << 17), 12 << 16, (12 << 16) + 1, .min, .max,
    ]
    return (0..<count).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      if index < ends.count { return max(-limit, min(limit, ends[index])) }
      let random = Int32(truncatingIfNeeded: state >> 32) >> Int32(index % 31)
      return max(-limit, min(limit, random))
    }
  }

  /// Runs `body` with room for a panel more behind `count` elements that it must not write.
  static func written<Element: Equatable>(
    _ count: Int, _ filler: Element, _ body: (UnsafeMutablePointer<Element>) -> Void
  ) -> [Element] {
    var output = [Element](repeating: filler, count: count + 8)
    output.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
    #expect(output.suffix(8).allSatisfy { $0 == filler }, "wrote beyond its end")
    return Array(output.prefix(count))
  }

  @Test("the best kernel is available, and what is not available counts as portable")
  func choice() {
    #expect(Kernel.best.isAvailable)
    #expect(Kernel.portable.isAvailable)
    for kernel in Kernel.allCases where !kernel.isAvailable { #expect(!KernelFunctions(kernel).isNative) }
  }

  @Test(
    "integer activations are equal", arguments: native, [Activation.tanh, .lecunTanh, .silu, .gelu, .relu])
  func fixedActivations(_ kernel: Kernel, _ activation: Activation) {
    let input = Self.arguments(4096, limit: (1 << 30) - 1)
    for (fraction, shift) in [(Int32(0), Int32(1)), (7, 2), (12, 9), (16, 14), (17, 30), (20, 5)] {
      var map = MapDescriptor()
      (map.rows, map.fraction, map.valueShift) = (UInt32(input.count), fraction, shift)
      let results = [Kernel.portable, kernel].map { kernel in
        Self.written(input.count, Int16(0x5555)) {
          FixedPointArithmetic.activate(activation, map, input, $0, KernelFunctions(kernel))
        }
      }
      #expect(results[0] == results[1], "fraction \(fraction)")
    }
  }

  @Test("integer gates are equal for every count of neurons around a panel", arguments: native)
  func fixedGates(_ kernel: Kernel) {
    for units in [1, 4, 6, 7, 8, 9, 15, 16, 17, 64, 302] {
      let heads = Self.arguments(4 * units + 8, limit: (1 << 30) - 1)
      for (mode, activation) in [
        (CellMode.default, Activation.tanh), (.noGate, .tanh), (.default, .linear), (.noGate, .linear),
      ] {
        for (headFraction, gateFraction, elapsed) in [
          (Int32(17), Int32(16), Int32(1 << 30)), (7, 4, 12345), (20, 20, 0), (13, 9, 1 << 20),
        ] {
          var cell = CellDescriptor()
          (cell.units, cell.mode, cell.headActivation) = (UInt32(units), mode.rawValue, activation.rawValue)
          (cell.headFraction, cell.gateFraction) = (headFraction, gateFraction)
          cell.stateShift = activation == .linear ? 13 : mode == .noGate ? 15 : 14
          let results = [Kernel.portable, kernel].map { kernel in
            Self.written(units, Int16(0x5555)) {
              _ = FixedPointArithmetic.renew(cell, heads, heads, elapsed, $0, KernelFunctions(kernel))
            }
          }
          #expect(results[0] == results[1], "\(units) units, \(mode), \(activation)")
        }
      }
    }
  }

  /// Numbers of all magnitudes, zeros of both signs, and what is no number.
  static func numbers(_ count: Int) -> [Float] {
    let special: [Float] = [
      0, -0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -1e30, 88, -104,
    ]
    return arguments(count, limit: .max).enumerated().map { index, x in
      index < special.count
        ? special[index] : Float(x) * Float(sign: .plus, exponent: -(index % 40), significand: 1)
    }
  }

  @Test(
    "single-precision activations are equal", arguments: native,
    [Activation.linear, .tanh, .lecunTanh, .relu, .silu, .gelu])
  func floatActivations(_ kernel: Kernel, _ activation: Activation) {
    let input = Self.numbers(4096)
    var map = MapDescriptor()
    map.rows = UInt32(input.count)
    let results = [Kernel.portable, kernel].map { kernel in
      Self.written(input.count, Float(0.123)) {
        Float32Arithmetic.activate(activation, map, input, $0, KernelFunctions(kernel))
      }
    }
    for (index, (a, b)) in zip(results[0], results[1]).enumerated() {
      #expect(a.bitPattern == b.bitPattern || a.isNaN && b.isNaN, "of \(input[index])")
    }
  }

  @Test("single-precision gates are equal", arguments: native)
  func floatGates(_ kernel: Kernel) {
    for units in [1, 7, 8, 9, 64, 302] {
      let heads = Self.numbers(4 * units + 8)
      for mode in [CellMode.default, .noGate] {
        for activation in [Activation.tanh, .linear, .lecunTanh] {
          var cell = CellDescriptor()
          (cell.units, cell.mode, cell.headActivation) = (UInt32(units), mode.rawValue, activation.rawValue)
          let results = [Kernel.portable, kernel].map { kernel in
            Self.written(units, Float(0.123)) {
              _ = Float32Arithmetic.renew(cell, heads, heads, 0.37, $0, KernelFunctions(kernel))
            }
          }
          for (a, b) in zip(results[0], results[1]) {
            #expect(
              a.bitPattern == b.bitPattern || a.isNaN && b.isNaN, "\(units) units, \(mode), \(activation)")
          }
        }
      }
    }
  }

  /// Float and half weights of one map, packed in panels, and its result.
  static func affine(_ kernel: Kernel, rows: Int, columns: Int, halves: Bool, _ input: [Float]) -> [Float] {
    var map = MapDescriptor()
    (map.rows, map.columns) = (UInt32(rows), UInt32(columns))
    let count = map.paddedRows * map.paddedColumns
    let size = halves ? 2 : 4
    let image = UnsafeMutableRawPointer.allocate(
      byteCount: count * size + 4 * map.paddedRows + MemoryLayout<PanelRun>.stride, alignment: 32)
    defer { image.deallocate() }
    for (index, x) in arguments(count + map.paddedRows, limit: 30000).enumerated() {
      if index >= count {
        image.storeBytes(of: Float(x) / 777, toByteOffset: count * size + 4 * (index - count), as: Float.self)
      } else if halves {
        image.storeBytes(of: UInt16(truncatingIfNeeded: x) & 0xBBFF, toByteOffset: 2 * index, as: UInt16.self)
      } else {
        image.storeBytes(of: Float(x) / 30011, toByteOffset: 4 * index, as: Float.self)
      }
    }
    map.bias = UInt32(count * size)
    var run = PanelRun()
    (run.rows, run.weightBits) = (UInt32(map.paddedRows), UInt32(8 * size))
    (map.runs, map.runCount) = (map.bias + UInt32(4 * map.paddedRows), 1)
    image.storeBytes(of: run, toByteOffset: Int(map.runs), as: PanelRun.self)
    let affine = AffineMap(UnsafeRawPointer(image), map)
    var input = input
    if halves {
      let count = input.count
      input.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { Float16Arithmetic.settle(base, count: count) }
      }
    }
    return written(map.paddedRows, Float(0.123)) {
      if halves {
        Float16Arithmetic.affine(affine, input, $0, KernelFunctions(kernel))
      } else {
        Float32Arithmetic.affine(affine, input, $0, KernelFunctions(kernel))
      }
    }
  }

  @Test("single- and half-precision maps are equal", arguments: native, [false, true])
  func floatMaps(_ kernel: Kernel, _ halves: Bool) {
    for (rows, columns) in [(1, 1), (8, 4), (9, 31), (24, 25), (40, 32), (57, 33), (128, 130), (1208, 128)] {
      let input = Self.arguments(columns + 8, limit: 1 << 20).map { Float($0) / 65537 }
      let portable = Self.affine(.portable, rows: rows, columns: columns, halves: halves, input)
      let found = Self.affine(kernel, rows: rows, columns: columns, halves: halves, input)
      #expect(portable.map(\.bitPattern) == found.map(\.bitPattern), "\(rows) × \(columns)")
    }
  }

  @Test("what a half-precision map reads has 13 significant bits, and its products are exact")
  func halfProducts() {
    var values =
      Self.numbers(4096).filter(\.isFinite) + [
        0x1p-61, -0x1.fffp-60, 0x1.fff8p3, 0x1.0008p0, .greatestFiniteMagnitude,
      ]
    let original = values
    let count = values.count
    values.withUnsafeMutableBufferPointer {
      if let base = $0.baseAddress { Float16Arithmetic.settle(base, count: count) }
    }
    for (x, y) in zip(original, values) where y.isFinite {
      #expect(y.bitPattern & 0x7FF == 0)
      #expect(abs(Double(x) - Double(y)) <= max(abs(Double(x)) * 0x1p-13, 0x1p-60))
      for half in [Float16(1.0009765625), -0.33325, 65504, .leastNonzeroMagnitude] where abs(y) < 0x1p100 {
        #expect(Double(Float(half) * y) == Double(half) * Double(y), "\(half)·\(y)")
      }
    }
  }
}
