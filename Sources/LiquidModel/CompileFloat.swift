import LiquidCore

extension CfCModel {
  /// The image of a valid model for `Float32Arithmetic` or, with `halves`, for `Float16Arithmetic`.
  ///
  /// With `halves` every parameter is rounded to half precision first, biases too, so that the network is the
  /// one that a float16 file holds.
  func image(halves: Bool) -> AlignedBlock {
    var image = ImageBuilder(
      arithmetic: halves ? Float16Arithmetic.code : Float32Arithmetic.code,
      architecture: Architecture(of: self))
    let rounded: (Float) -> Float = { halves ? Float(Float16($0)) : $0 }
    image.header.inputScales = image.append([Float](repeating: 1, count: inputs.count))
    image.header.outputScales = image.append([Float](repeating: 1, count: outputs.count))
    func append(_ map: Affine) {
      var descriptor = MapDescriptor()
      (descriptor.rows, descriptor.columns) = (UInt32(map.rows), UInt32(map.columns))
      descriptor.weightBits = halves ? 16 : 32
      let panels = ImageBuilder.panels(map.weights, rows: map.rows, columns: map.columns, order: [0])
      descriptor.weights =
        halves
        ? image.append(panels.map { Float16($0).bitPattern }, alignment: ImageLayout.alignment)
        : image.append(panels, alignment: ImageLayout.alignment)
      descriptor.bias = image.appendRows(map.bias.map(rounded))
      image.append(descriptor)
    }
    if let memory { append(memory.gates) }
    for (cell, shape) in zip(cells, Architecture(of: self).cells) {
      for layer in cell.backbone { append(layer) }
      append(cell.heads)
      var descriptor = CellDescriptor(shape)
      if let wTau = cell.wTau, let a = cell.a {
        descriptor.parameters = image.append(
          wTau.map { rounded(abs($0)) } + a.map(rounded), padding: ImageLayout.panelRows)
      }
      image.append(descriptor)
    }
    if let projection { append(projection) }
    return image.finished()
  }
}
