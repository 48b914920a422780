import LiquidCore

/// Makes integers of an LTC cell.
///
/// Every neuron is scaled by itself: conductances by the sum of all that it has, potentials by the largest of its
/// reversal potentials, between which it stays (a step makes it a mean of these and of what it was). So the sums are
/// bounded by construction, and the elapsed time in units of the neuron's own time constant is the only thing that
/// differs from neuron to neuron.
struct LTCQuantiser {
  let cell: NetworkModel.LTC
  /// Where it is in the model, for messages.
  let index: Int
  /// What a unit of each input's 16-bit value stands for.
  let inputScales: [Double]
  /// ts is counted in 2^−`timeFraction`, up to `elapsedLimit`.
  let timeFraction: Int
  let elapsedLimit: Int32

  /// The largest potential that each neuron can be driven to.
  static func ranges(of cell: NetworkModel.LTC) -> [Double] {
    (0..<cell.units).map { unit in
      var range = cell.leaks[unit] > 0 ? abs(Double(cell.leakReversals[unit])) : 0
      for place in unit * cell.columns..<(unit + 1) * cell.columns where cell.weights[place] != 0 {
        range = max(range, abs(Double(cell.reversals[place])))
      }
      return max(range, exp2(-20))
    }
  }

  /// What a unit of each neuron's 16-bit value stands for: enough for `seen`, in calibration, and more, but never for
  /// more than the neuron can reach.
  static func valueScales(of cell: NetworkModel.LTC, seen: [Double], headroom: Double, share: Double)
    -> [Double]
  {
    let least = share * (seen.max() ?? 0)
    return zip(ranges(of: cell), seen).map { range, seen in
      min(max(max(seen, least) * headroom, range * exp2(-12)), range) * exp2(-15)
    }
  }

  /// The integers; `valueScales` are those that readers of the neurons' values go by.
  ///
  /// - Throws: `ModelError` for a slope or a time constant beyond what the formats hold.
  func quantised(valueScales: [Double]) throws(ModelError) -> FixedModel.LTC {
    let ranges = Self.ranges(of: cell)
    var fixed = FixedModel.LTC(columns: cell.columns)
    // What a unit of an input's value · 2¹⁶, or of a potential, stands for.
    let sources = inputScales.map { $0 * exp2(-16) } + ranges.map { $0 * exp2(-30) }
    for unit in 0..<cell.units {
      let places = unit * cell.columns..<(unit + 1) * cell.columns
      let leak = Double(cell.leaks[unit]) + NetworkModel.LTC.epsilon
      let sum = places.reduce(leak) { $0 + Double(cell.weights[$1]) }
      // A little below 2³⁰, because each number is rounded.
      let scale = (exp2(30) - Double(2 * cell.columns + 4)) / sum
      for place in places {
        let weight = Double(cell.weights[place])
        let exists = weight != 0
        let slope = exists ? Double(cell.slopes[place]) * sources[place - places.lowerBound] * exp2(48) : 0
        let offset = exists ? Double(cell.offsets[place]) * exp2(16) : 0
        guard abs(slope) / 2 + abs(offset) < exp2(31) - 4 else {
          throw refusal(
            "synapse.slope", unit,
            "the argument of source \(place - places.lowerBound) can reach \((abs(slope) / 2 + abs(offset)) * exp2(-16))"
          )
        }
        fixed.slopes.append(Int32(slope.rounded()))
        fixed.offsets.append(Int32(offset.rounded()))
        fixed.weights.append(Int32((2 * weight * scale).rounded()))
        fixed.currents.append(
          Int32((2 * weight * scale * Double(cell.reversals[place]) / ranges[unit]).rounded()))
      }
      fixed.leakConductances.append(Int32((leak * scale).rounded()))
      fixed.leakCurrents.append(
        Int32((Double(cell.leaks[unit]) * scale * Double(cell.leakReversals[unit]) / ranges[unit]).rounded()))
      try appendTime(unit, scale, into: &fixed)
      fixed.multipliers.append(Int32((ranges[unit] / valueScales[unit] * 4).rounded()))
    }
    return fixed
  }

  /// The capacitance, times unfolds, beside ts · conductance: as fine as the sum of both allows.
  private func appendTime(_ unit: Int, _ scale: Double, into fixed: inout FixedModel.LTC) throws(ModelError) {
    let capacitance = Double(cell.capacitances[unit]) * Double(cell.unfolds) * scale * exp2(timeFraction)
    let largest = capacitance + Double(elapsedLimit) * exp2(30)
    let shift = max(Int(bitsNeeded: largest) - 31, 29)
    guard shift <= 60 else {
      throw refusal("capacitance", unit, "its time constant is beyond what fixed point can hold")
    }
    // A neuron that is faster than the formats can say follows its synapses within a step all the same.
    let limit = exp2(31) - 2 - Double(elapsedLimit) * exp2(30 - shift)
    fixed.capacitances.append(Int32(min(max((capacitance * exp2(-shift)).rounded(), 16), limit)))
    fixed.timeShifts.append(Int32(shift))
  }

  private func refusal(_ name: String, _ unit: Int, _ cause: String) -> ModelError {
    ModelError(
      "cell\(index).\(name), neuron \(unit)", cause, remedy: "keep this model in float32 or float16")
  }
}
