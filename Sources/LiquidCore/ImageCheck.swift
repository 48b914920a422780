/// Checks that a network can walk through an image without leaving it.
enum ImageCheck<A: Arithmetic> {
  /// The header of `block`, if all that it leads to lies in the block and fits together.
  static func check(_ block: UnsafeRawBufferPointer) throws(ImageError) -> ImageHeader {
    guard let image = block.baseAddress, block.count >= MemoryLayout<ImageHeader>.size else {
      throw .truncated
    }
    guard Int(bitPattern: image) % ImageLayout.baseAlignment == 0 else { throw .misaligned }
    let header = image.loadUnaligned(as: ImageHeader.self)
    guard header.magic == ImageLayout.magic, header.version == ImageLayout.version else { throw .notAnImage }
    guard header.arithmetic == A.code else { throw .otherArithmetic(header.arithmetic) }
    guard header.byteCount <= UInt32(Int32.max), Int(header.byteCount) <= block.count else {
      throw .truncated
    }
    let units = 1...UInt32(ImageLayout.maximumUnits)
    let layers = UInt32(ImageLayout.maximumLayers)
    guard units.contains(header.inputCount), units.contains(header.outputCount),
      (1...layers).contains(header.cellCount), header.mapCount <= (layers + 1) * (layers + 1),
      let memory = MemoryRole(rawValue: header.memory), memory == .none || header.cellCount == 1,
      header.projection <= 1, A.accepts(header),
      contains(header, header.cells, Int(header.cellCount), MemoryLayout<CellDescriptor>.stride),
      contains(header, header.maps, Int(header.mapCount), MemoryLayout<MapDescriptor>.stride),
      contains(header, header.inputScales, Int(header.inputCount), 4),
      contains(header, header.outputScales, Int(header.outputCount), 4)
    else { throw .header }
    try checkChain(image, header, memory)
    return header
  }

  private static func checkChain(_ image: UnsafeRawPointer, _ header: ImageHeader, _ memory: MemoryRole)
    throws(ImageError)
  {
    var map = 0
    var read = header.inputCount
    for index in 0..<Int(header.cellCount) {
      let cell = image.loadUnaligned(
        fromByteOffset: Int(header.cells) + index * MemoryLayout<CellDescriptor>.stride,
        as: CellDescriptor.self)
      guard (1...UInt32(ImageLayout.maximumUnits)).contains(cell.units),
        let mode = CellMode(rawValue: cell.mode), Activation(rawValue: cell.headActivation) != nil,
        Activation(rawValue: cell.backboneActivation) != nil,
        cell.backboneCount <= UInt32(ImageLayout.maximumLayers), A.accepts(cell),
        mode != .ltc || cell.isTimeConstant,
        mode != .pure || contains(header, cell.parameters, 2 * Int(cell.units) + ImageLayout.panelRows, 4)
      else { throw .cell(index) }
      if cell.isTimeConstant {
        // The LSTM's hidden output would have to become the potentials.
        guard memory == .none, cell.backboneCount == 0, checkSynapses(image, header, cell, read) else {
          throw .cell(index)
        }
        read = cell.units
        continue
      }
      if memory != .none {
        try checkMap(image, header, &map, rows: 4 * cell.units, columns: read + cell.units)
        if memory == .feedsInput { read = cell.units }
      }
      var columns = read + cell.units
      for _ in 0..<cell.backboneCount {
        columns = try checkMap(image, header, &map, rows: nil, columns: columns)
      }
      try checkMap(
        image, header, &map, rows: mode == .pure ? cell.units : 4 * cell.units, columns: columns)
      read = cell.units
    }
    if header.projection != 0 {
      try checkMap(image, header, &map, rows: header.outputCount, columns: read)
    } else if header.outputCount > read {
      throw .header
    }
    guard map == Int(header.mapCount) else { throw .header }
  }

  /// Checks the next map and returns its rows.
  @discardableResult
  private static func checkMap(
    _ image: UnsafeRawPointer, _ header: ImageHeader, _ index: inout Int, rows: UInt32?, columns: UInt32
  ) throws(ImageError) -> UInt32 {
    guard index < Int(header.mapCount) else { throw .map(index) }
    let map = AffineMap(image, header, index).descriptor
    guard map.columns == columns, rows == nil || rows == map.rows,
      (1...UInt32(4 * ImageLayout.maximumUnits)).contains(map.rows),
      rows != nil || map.rows <= UInt32(ImageLayout.maximumUnits),
      A.accepts(map), contains(header, map.bias, map.paddedRows, 4),
      A.code != FixedPointArithmetic.code || contains(header, map.multipliers, map.paddedRows, 4),
      runsAreSound(image, header, AffineMap(image, map))
    else { throw .map(index) }
    index += 1
    return map.rows
  }

  /// Whether the runs of a map lie in the image and are its rows, no more and no less.
  private static func runsAreSound(_ image: UnsafeRawPointer, _ header: ImageHeader, _ map: AffineMap) -> Bool
  {
    let descriptor = map.descriptor
    let panels = descriptor.paddedRows / ImageLayout.panelRows
    guard descriptor.runCount <= panels,
      contains(header, descriptor.runs, Int(descriptor.runCount), MemoryLayout<PanelRun>.stride)
    else { return false }
    var left = UInt32(descriptor.paddedRows)
    for index in 0..<Int(descriptor.runCount) {
      let run = map.run(index)
      guard run.rows > 0, run.rows <= left, run.rows % UInt32(ImageLayout.panelRows) == 0,
        A.accepts(weightBits: run.weightBits), run.weights % UInt32(ImageLayout.alignment) == 0,
        contains(header, run.weights, Int(run.rows) * descriptor.paddedColumns, Int(run.weightBits) / 8),
        A.code != FixedPointArithmetic.code || run.weightBits != 8
          || contains(header, run.weightSums, Int(run.rows), 4)
      else { return false }
      left -= run.rows
    }
    return left == 0
  }

  /// Whether the synapses of an LTC cell that reads `read` numbers lead nowhere but to these and to its neurons.
  private static func checkSynapses(
    _ image: UnsafeRawPointer, _ header: ImageHeader, _ cell: CellDescriptor, _ read: UInt32
  ) -> Bool {
    guard contains(header, cell.parameters, 1, MemoryLayout<LTCDescriptor>.size) else { return false }
    let ltc = LTCCell(image, cell)
    return (1...UInt32(ImageLayout.maximumUnfolds)).contains(ltc.descriptor.unfolds)
      && contains(header, ltc.descriptor.neurons, A.neuronArrays * ltc.paddedUnits, 4)
      && isSound(ltc.descriptor.sensory, of: ltc, header, sources: read)
      && isSound(ltc.descriptor.recurrent, of: ltc, header, sources: cell.units)
  }

  private static func isSound(
    _ synapses: SynapseDescriptor, of cell: LTCCell, _ header: ImageHeader, sources: UInt32
  ) -> Bool {
    guard synapses.count <= UInt32(1 << 26) else { return false }
    let count = Int(synapses.count)
    guard contains(header, synapses.firsts, cell.units + 1, 4), contains(header, synapses.sources, count, 2),
      contains(header, synapses.slopes, count, A.synapseByteCount),
      contains(header, synapses.offsets, count, A.synapseByteCount),
      contains(header, synapses.weights, count, A.synapseByteCount),
      contains(header, synapses.currents, count, A.synapseByteCount)
    else { return false }
    let places = cell.image + Int(synapses.firsts)
    var last: UInt32 = 0
    for index in 0...cell.units {
      let first = places.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      guard first >= last, index > 0 || first == 0, Int(first) & (A.synapseGroup - 1) == 0 else {
        return false
      }
      last = first
    }
    guard last == synapses.count else { return false }
    let ends = cell.image + Int(synapses.sources)
    for place in 0..<count {
      guard ends.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self) < sources else { return false }
    }
    return true
  }

  /// Whether `count` elements of `size` bytes at `offset` lie behind the header and within the image.
  ///
  /// The counts are bounded, so their product fits 31 bits and nothing overflows.
  private static func contains(_ header: ImageHeader, _ offset: UInt32, _ count: Int, _ size: Int) -> Bool {
    offset <= header.byteCount && Int(offset) >= MemoryLayout<ImageHeader>.size && offset % 4 == 0
      && count * size <= Int(header.byteCount - offset)
  }
}
