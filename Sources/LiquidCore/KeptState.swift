/// Going back to the state of before a step, in floating point.
extension Network {
  /// Keeps the state of before the step.
  @inline(__always)
  func keepState() {
    forEachPart { part, place in
      UnsafeMutableRawBufferPointer(start: workspace + (layout.previous &+ place), count: part.count)
        .copyMemory(from: UnsafeRawBufferPointer(part))
    }
  }

  /// Makes the kept state the state again.
  func returnToKeptState() {
    forEachPart { part, place in
      part.copyMemory(
        from: UnsafeRawBufferPointer(start: workspace + (layout.previous &+ place), count: part.count))
    }
  }

  /// Whether all of the state and all outputs are finite.
  @inline(__always)
  var isFinite: Bool {
    var outside: UInt32 = 0
    for index in 0..<Int(header.outputCount) { outside |= Self.outside(output(index).bitPattern) }
    forEachPart { part, _ in outside |= Self.outside(part) }
    return outside & 0x8000_0000 == 0
  }

  /// The first number of a state that is not finite.
  static func indexOfNonFinite(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var place = 0
    while place &+ 4 <= bytes.count {
      let bits = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
      if outside(bits) & 0x8000_0000 != 0 { return place / 4 }
      place &+= 4
    }
    return nil
  }

  /// Has the highest bit set if these are the bits of a number that is not finite: with one added to its exponent they reach
  /// into the sign's place.
  @inline(__always)
  static func outside(_ bits: UInt32) -> UInt32 { (bits & 0x7FFF_FFFF) &+ 0x0080_0000 }

  /// The same for all numbers of a part of the state.
  @inline(__always)
  private static func outside(_ part: UnsafeMutableRawBufferPointer) -> UInt32 {
    guard let start = part.baseAddress else { return 0 }
    var found = SIMD8<UInt32>.zero
    var rest: UInt32 = 0
    var place = 0
    while place &+ 32 <= part.count {
      let bits = start.loadUnaligned(fromByteOffset: place, as: SIMD8<UInt32>.self)
      found |= ((bits & 0x7FFF_FFFF) &+ 0x0080_0000)
      place &+= 32
    }
    while place < part.count {
      rest |= outside(start.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      place &+= 4
    }
    for lane in 0..<8 { rest |= found[lane] }
    return rest
  }
}
