extension FixedModel {
  /// Name and size of an affine map.
  struct MapShape {
    let name: String
    let rows, columns: Int
    /// So many of its columns, the first, read the network's inputs.
    let inputs: Int
  }

  /// Each affine map of an architecture, in order of use.
  static func maps(of architecture: Architecture) -> [MapShape] {
    var maps: [MapShape] = []
    if architecture.memory != nil, let cell = architecture.cells.first {
      maps.append(
        MapShape(
          name: "memory.gates", rows: 4 * cell.units, columns: architecture.inputs + cell.units,
          inputs: architecture.inputs))
    }
    for (k, cell) in architecture.cells.enumerated() {
      guard case .cfc(let cell) = cell else { continue }
      var columns = architecture.columns(ofCell: k)
      var inputs = k == 0 && architecture.memory != .feedsInput ? architecture.inputs : 0
      for (j, units) in cell.backbone.enumerated() {
        maps.append(MapShape(name: "cell\(k).backbone\(j)", rows: units, columns: columns, inputs: inputs))
        (columns, inputs) = (units, 0)
      }
      maps.append(
        MapShape(
          name: "cell\(k).heads", rows: (cell.mode == .pure ? 1 : 4) * cell.units, columns: columns,
          inputs: inputs))
    }
    if architecture.hasProjection, let last = architecture.cells.last {
      maps.append(MapShape(name: "projection", rows: architecture.outputs, columns: last.units, inputs: 0))
    }
    return maps
  }

  /// What bounds the values that an affine map reads.
  struct Reading {
    /// So many of its columns, the first, read inputs of so many bits; the others values of 16.
    var inputs = 0
    var inputBits = FixedModel.fullInputBits

    /// The largest |value| of a column: the most negative number counts, should a restored state hold it.
    func largest(_ column: Int) -> Int64 { column < inputs ? 1 << Int64(inputBits - 1) : 32768 }
  }
}
