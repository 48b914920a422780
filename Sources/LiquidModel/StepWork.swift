import LiquidCore

/// What one step of a fixed-point network does, counted in the units in which LiquidCore does it.
///
/// The instructions of a step do not depend on the numbers, so on a given processor they are a sum over these, each
/// with what it costs there.
public struct StepWork: Sendable, Equatable {
  /// Cells, each with the vectors that it joins.
  public var cells = 0
  /// Runs of rows of one width, each a call of a kernel.
  public var runs = 0
  /// Panels of eight rows that are begun, requantised and written.
  public var panels = 0
  /// Eight rows times four columns of 8-bit weights.
  public var groups8 = 0
  /// Eight rows times two columns of 16-bit weights.
  public var pairs16 = 0
  /// Sums of up to 32 columns of eight rows of 16-bit weights.
  public var blocks16 = 0
  /// Activations of backbone layers, padded to whole panels.
  public var activations = 0
  /// Neurons whose state is renewed.
  public var neurons = 0

  /// No work.
  public init() {}
}

extension StepWork {
  /// The work of a step of `model`, without that of liquid time-constant cells, which has other units.
  public init(_ model: FixedModel) {
    cells = model.cells.count
    neurons = model.architecture.neurons
    for map in model.maps { add(map) }
    for case .cfc(let cell) in model.architecture.cells {
      for units in cell.backbone { activations += ImageLayout.padded(units, to: ImageLayout.panelRows) }
    }
  }

  private mutating func add(_ map: FixedModel.Map) {
    let columns = ImageLayout.padded(map.columns, to: ImageLayout.columnGroup)
    for run in map.runs {
      let panels = FixedModel.Map.panels(ofRows: run.rows.count)
      runs += 1
      self.panels += panels
      if run.bits == 8 {
        groups8 += panels * columns / 4
      } else {
        pairs16 += panels * columns / 2
        blocks16 +=
          panels * ImageLayout.padded(columns, to: ImageLayout.blockColumns) / ImageLayout.blockColumns
      }
    }
  }
}
