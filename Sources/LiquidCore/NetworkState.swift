extension Network {
  /// Bytes of the state: the LSTM's c, then each CfC cell's h or LTC cell's potentials, in the byte order of the machine.
  public var stateByteCount: Int { layout.stateByteCount }

  /// Puts all states back to zero.
  public mutating func reset() {
    forEachPart { part, _ in part.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  /// Copies the state into `bytes`.
  ///
  /// - Throws: `NetworkError.stateByteCount` when there are not `stateByteCount` of them.
  public func copyState(into bytes: UnsafeMutableRawBufferPointer) throws(NetworkError) {
    guard bytes.count == stateByteCount else {
      throw .stateByteCount(bytes.count, expected: stateByteCount)
    }
    forEachPart { part, place in
      UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + part.count]).copyMemory(
        from: UnsafeRawBufferPointer(part))
    }
  }

  /// Takes the state from `bytes`, as `copyState` wrote them.
  ///
  /// - Throws: `NetworkError.stateByteCount` when there are not `stateByteCount` of them, in floating point
  ///   `NetworkError.nonFiniteState` for numbers that no step leaves; the state is then as before.
  public mutating func restoreState(from bytes: UnsafeRawBufferPointer) throws(NetworkError) {
    guard bytes.count == stateByteCount else {
      throw .stateByteCount(bytes.count, expected: stateByteCount)
    }
    if A.canOverflow, let index = Self.indexOfNonFinite(bytes) { throw .nonFiniteState(index) }
    forEachPart { part, place in
      part.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place..<place + part.count]))
    }
  }

  /// A hash of the state: equal for equal bits, and different for different ones but for a chance of 2⁻⁶⁴.
  ///
  /// Eight bytes at a time, little-endian: hash ← (hash ⊕ word)·0x9E3779B97F4A7C15, hash ← hash ⊕ hash ≫ 32.
  public func stateDigest() -> UInt64 {
    var hash: UInt64 = 0x243F_6A88_85A3_08D3
    forEachPart { part, _ in
      var place = 0
      while place < part.count {
        var word: UInt64 = 0
        let count = min(8, part.count &- place)
        withUnsafeMutableBytes(of: &word) {
          $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: part[place..<place &+ count]))
        }
        word = UInt64(littleEndian: word)
        hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash &>> 32
        place &+= 8
      }
    }
    return hash
  }

  /// Calls `body` with each part of the state and its place in the bytes of the whole.
  @inline(__always)
  func forEachPart(_ body: (UnsafeMutableRawBufferPointer, Int) -> Void) {
    var place = 0
    var read = Int(header.inputCount)
    if header.memory != MemoryRole.none.rawValue {
      let units = Int(cell(0).units)
      let count = units &* MemoryLayout<A.Accumulator>.stride
      body(UnsafeMutableRawBufferPointer(start: workspace + layout.c, count: count), place)
      place &+= count
      if header.memory == MemoryRole.feedsInput.rawValue { read = units }
    }
    var joined = layout.cells
    for index in 0..<Int(header.cellCount) {
      let cell = cell(index)
      let units = Int(cell.units)
      var start = joined &+ read &* MemoryLayout<A.Value>.stride
      var count = units &* MemoryLayout<A.Value>.stride
      if cell.isTimeConstant {
        start = joined &+ WorkspaceLayout.size(of: read &+ units, A.Value.self)
        count = units &* MemoryLayout<A.Accumulator>.stride
      }
      body(UnsafeMutableRawBufferPointer(start: workspace + start, count: count), place)
      place &+= count
      joined &+= WorkspaceLayout.size(of: cell, reading: read, A.self)
      read = units
    }
  }
}
