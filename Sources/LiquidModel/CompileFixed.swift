import LiquidCore

extension FixedModel {
  /// The image for `FixedPointArithmetic` of a model whose sizes agree and that is proven.
  func image() -> AlignedBlock {
    var image = ImageBuilder(arithmetic: FixedPointArithmetic.code, architecture: architecture)
    image.header.inputScales = image.append(inputScales)
    image.header.outputScales = image.append(outputScales)
    (image.header.elapsedFraction, image.header.elapsedLimit) = (elapsedFraction, elapsedLimit)
    image.header.inputBits = inputBits
    for map in maps { image.append(map.compiled(&image)) }
    for (cell, shape) in zip(cells, architecture.cells) {
      var descriptor = CellDescriptor(shape)
      if case .ltc(let shape) = shape, let cell = cell.ltc {
        descriptor.parameters = cell.compiled(&image, shape)
      }
      guard let cell = cell.cfc else {
        image.append(descriptor)
        continue
      }
      (descriptor.headFraction, descriptor.stateShift) = (cell.headFraction, cell.stateShift)
      (descriptor.gateFraction, descriptor.timeShift) = (cell.gateFraction, cell.timeShift)
      if descriptor.mode == CellMode.pure.rawValue {
        descriptor.parameters = image.append(cell.wTau + cell.a, padding: ImageLayout.panelRows)
      }
      image.append(descriptor)
    }
    return image.finished()
  }
}

extension FixedModel.Map {
  /// Packs the map's numbers into `image`.
  fileprivate func compiled(_ image: inout ImageBuilder) -> MapDescriptor {
    var descriptor = MapDescriptor()
    (descriptor.rows, descriptor.columns) = (UInt32(rows), UInt32(columns))
    let runs = runs.map { compiled($0, &image) }
    (descriptor.runs, descriptor.runCount) = (image.append(runs), UInt32(runs.count))
    descriptor.bias = image.appendRows(bias)
    descriptor.multipliers = image.appendRows(multipliers)
    (descriptor.blockShift, descriptor.fraction, descriptor.valueShift) = (blockShift, fraction, valueShift)
    return descriptor
  }

  /// Packs the weights of rows of one width.
  private func compiled(_ run: Run, _ image: inout ImageBuilder) -> PanelRun {
    var panelRun = PanelRun()
    panelRun.rows = UInt32(ImageLayout.padded(run.rows.count, to: ImageLayout.panelRows))
    panelRun.weightBits = UInt32(run.bits)
    let taken = Array(weights[run.rows.lowerBound * columns..<run.rows.upperBound * columns])
    if run.bits == 8 {
      let panels = ImageBuilder.panels(taken, rows: run.rows.count, columns: columns, order: [0, 2, 1, 3])
      panelRun.weights = image.append(
        panels.map { Int8(truncatingIfNeeded: $0) }, alignment: ImageLayout.alignment)
      panelRun.weightSums = image.appendRows(
        run.rows.map { row in
          weights[row * columns..<(row + 1) * columns].reduce(Int32(0)) { $0 + Int32($1) }
        })
    } else {
      let panels = ImageBuilder.panels(taken, rows: run.rows.count, columns: columns, order: [0, 1])
      panelRun.weights = image.append(panels, alignment: ImageLayout.alignment)
    }
    return panelRun
  }
}
