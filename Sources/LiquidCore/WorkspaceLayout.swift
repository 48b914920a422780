/// Where the vectors of a network lie in its workspace: offsets in bytes.
struct WorkspaceLayout {
  /// [input | h] of the memory with role feedsInput.
  private(set) var memory = 0
  /// The LSTM's c.
  private(set) var c = 0
  /// [input | h] of the first cell, and an LTC cell's potentials; those of the others follow.
  private(set) var cells = 0
  /// The last cell's h.
  private(set) var lastState = 0
  /// Two vectors for the results of layers in between.
  private(set) var layers = (0, 0)
  /// The result of an affine map.
  private(set) var sums = 0
  /// The state of before the step, where it may have to be gone back to.
  private(set) var previous = 0
  /// The size of it all.
  private(set) var byteCount = 0
  /// Bytes of the state: c, then the cells' h or potentials, without padding.
  private(set) var stateByteCount = 0

  /// Bytes of a section of `count` elements.
  @inline(__always)
  static func size<Element>(of count: Int, _: Element.Type) -> Int {
    ImageLayout.padded(
      ImageLayout.padded(count, to: ImageLayout.columnGroup) &* MemoryLayout<Element>.stride,
      to: ImageLayout.sectionAlignment)
  }

  /// Bytes of what a cell keeps: [input | h], and potentials in whole panels.
  @inline(__always)
  static func size<A: Arithmetic>(of cell: CellDescriptor, reading read: Int, _: A.Type) -> Int {
    let units = Int(cell.units)
    let joined = size(of: read &+ units, A.Value.self)
    guard cell.isTimeConstant else { return joined }
    return joined &+ size(of: ImageLayout.padded(units, to: ImageLayout.panelRows), A.Accumulator.self)
  }

  /// The layout for a checked image.
  init<A: Arithmetic>(_ image: UnsafeRawPointer, _ header: ImageHeader, _: A.Type) {
    let panel = ImageLayout.panelRows
    let stride = MemoryLayout<CellDescriptor>.stride
    var read = Int(header.inputCount)
    var offset = 0
    if header.memory != MemoryRole.none.rawValue {
      let cell = image.loadUnaligned(fromByteOffset: Int(header.cells), as: CellDescriptor.self)
      let units = Int(cell.units)
      if header.memory == MemoryRole.feedsInput.rawValue {
        offset &+= Self.size(of: read &+ units, A.Value.self)
        read = units
      }
      c = offset
      // `Arithmetic.remember` writes whole panels.
      offset &+= Self.size(of: ImageLayout.padded(units, to: panel), A.Accumulator.self)
      stateByteCount &+= units &* MemoryLayout<A.Accumulator>.stride
    }
    cells = offset
    var rows = 0
    for index in 0..<Int(header.cellCount) {
      let cell = image.loadUnaligned(
        fromByteOffset: Int(header.cells) &+ index &* stride, as: CellDescriptor.self)
      let units = Int(cell.units)
      lastState = offset &+ read &* MemoryLayout<A.Value>.stride
      offset &+= Self.size(of: cell, reading: read, A.self)
      if cell.isTimeConstant {
        stateByteCount &+= units &* MemoryLayout<A.Accumulator>.stride
        // `Arithmetic.unfold` works in four panels' worth for each of its neurons'.
        rows = max(rows, 4 &* ImageLayout.padded(units, to: panel))
      } else {
        stateByteCount &+= units &* MemoryLayout<A.Value>.stride
      }
      read = units
    }
    // The projection reads the last state with its columns' padding.
    offset &+= ImageLayout.sectionAlignment
    var width = 0
    for index in 0..<Int(header.mapCount) {
      let map = AffineMap(image, header, index).descriptor
      rows = max(rows, map.paddedRows)
      let isLast = index &+ 1 == Int(header.mapCount)
      if !(isLast && header.projection != 0) { width = max(width, map.paddedRows) }
    }
    let layer = Self.size(of: width, A.Value.self)
    layers = (offset, offset &+ layer)
    sums = offset &+ 2 &* layer
    // A cell's heads are read panel by panel from each of its parts, so up to a panel beyond the last.
    previous = sums &+ Self.size(of: rows &+ panel, A.Accumulator.self)
    byteCount = previous
    if A.canOverflow { byteCount &+= ImageLayout.padded(stateByteCount, to: ImageLayout.sectionAlignment) }
  }
}
