import LiquidCore

extension FixedModel {
  /// Gives 16-bit weights, those of `wide`, to panels of rows until the error by `judge` is within `tolerance`.
  ///
  /// `wide` is the same network in the same formats. In each round every panel is tried, and the eighth of them that
  /// lowers the error most for its bytes is taken.
  mutating func widen(from wide: FixedModel, _ judge: CalibrationJudge, _ tolerance: Double) {
    var error = judge.error(of: self)
    while error.largest > tolerance {
      var trials: [(gain: Double, panels: PanelRange)] = []
      for panels in narrowPanels {
        let found = judge.error(of: taking(panels, from: wide))
        trials.append(((error.norm / found.norm - 1) / Double(maps[panels.map].columns), panels))
      }
      guard !trials.isEmpty else { return }
      trials.sort { $0.gain > $1.gain }
      for trial in trials.prefix(max(1, trials.count / 8)) {
        self = taking(trial.panels, from: wide)
        error = judge.error(of: self)
        if error.largest <= tolerance { return }
      }
    }
  }

  /// Neighbouring panels of a map.
  private struct PanelRange {
    let map: Int
    let panels: Range<Int>
  }

  /// More trials than this in a round take too long.
  private static let mostTrials = 48

  /// The panels with 8-bit weights, in as many portions as a round may try.
  private var narrowPanels: [PanelRange] {
    let total = maps.reduce(0) { $0 + $1.widths.count }
    let portion = (total + Self.mostTrials - 1) / Self.mostTrials
    var found: [PanelRange] = []
    for (index, map) in maps.enumerated() {
      for start in stride(from: 0, to: map.widths.count, by: portion) where map.widths[start] == 8 {
        found.append(PanelRange(map: index, panels: start..<min(start + portion, map.widths.count)))
      }
    }
    return found
  }

  /// This network with some panels of another quantisation of the same in the same formats.
  private func taking(_ range: PanelRange, from other: FixedModel) -> FixedModel {
    var mixed = self
    let (map, source) = (maps[range.map], other.maps[range.map])
    let rows =
      range.panels.lowerBound
      * ImageLayout.panelRows..<min(range.panels.upperBound * ImageLayout.panelRows, map.rows)
    let weights = rows.lowerBound * map.columns..<rows.upperBound * map.columns
    mixed.maps[range.map].widths.replaceSubrange(range.panels, with: source.widths[range.panels])
    mixed.maps[range.map].weights.replaceSubrange(weights, with: source.weights[weights])
    mixed.maps[range.map].bias.replaceSubrange(rows, with: source.bias[rows])
    mixed.maps[range.map].multipliers.replaceSubrange(rows, with: source.multipliers[rows])
    mixed.maps[range.map].blockShift = source.blockShift
    return mixed
  }
}
