import LiquidCore

extension NetworkModel {
  /// The image of a valid model for `Float32Arithmetic` or, with `halves`, for `Float16Arithmetic`.
  ///
  /// With `halves` the weights are rounded to half precision; biases and the numbers of neurons stay as they
  /// are, as in a float16 file.
  func image(halves: Bool) -> AlignedBlock {
    var image = ImageBuilder(
      arithmetic: halves ? Float16Arithmetic.code : Float32Arithmetic.code,
      architecture: Architecture(of: self))
    image.header.inputScales = image.append([Float](repeating: 1, count: inputs.count))
    image.header.outputScales = image.append([Float](repeating: 1, count: outputs.count))
    func append(_ map: Affine) {
      var descriptor = MapDescriptor()
      (descriptor.rows, descriptor.columns) = (UInt32(map.rows), UInt32(map.columns))
      var run = PanelRun()
      (run.rows, run.weightBits) = (UInt32(descriptor.paddedRows), halves ? 16 : 32)
      let panels = ImageBuilder.panels(map.weights, rows: map.rows, columns: map.columns, order: [0])
      run.weights =
        halves
        ? image.append(panels.map(\.half), alignment: ImageLayout.alignment)
        : image.append(panels, alignment: ImageLayout.alignment)
      (descriptor.runs, descriptor.runCount) = (image.append([run]), 1)
      descriptor.bias = image.appendRows(map.bias)
      image.append(descriptor)
    }
    if let memory { append(memory.gates) }
    for (cell, shape) in zip(cells, Architecture(of: self).cells) {
      var descriptor = CellDescriptor(shape)
      if let cell = cell.ltc { descriptor.parameters = cell.compiled(&image, halves: halves) }
      guard let cell = cell.cfc else {
        image.append(descriptor)
        continue
      }
      for layer in cell.backbone { append(layer) }
      append(cell.heads)
      if let wTau = cell.wTau, let a = cell.a {
        descriptor.parameters = image.append(
          wTau.map { abs($0) } + a, padding: ImageLayout.panelRows)
      }
      image.append(descriptor)
    }
    if let projection { append(projection) }
    return image.finished()
  }
}
