import LiquidCore

/// The synapses of an LTC cell on their way into an image, of real numbers or of integers.
struct SynapseLists<Number> {
  /// Neurons and what they read: the first `read` columns are inputs, the others neurons.
  let units, read: Int
  /// Synapses that are computed together; what fills up a group is `filler`, of conductance 0.
  let group: Int
  let filler: Number
  /// `units × (read + units)` numbers each, row-major.
  let slopes, offsets, weights, currents: [Number]
  /// Whether there is a synapse.
  let exists: (Int) -> Bool

  /// Appends the synapses from the inputs, or from the neurons.
  ///
  /// - Parameter store: Appends numbers and returns their offset in the image.
  func append(
    to image: inout ImageBuilder, recurrent: Bool, _ store: (inout ImageBuilder, [Number]) -> UInt32
  ) -> SynapseDescriptor {
    let columns = recurrent ? read..<read + units : 0..<read
    var firsts: [UInt32] = [0]
    var sources: [UInt16] = []
    // nil is a filler.
    var places: [Int?] = []
    for unit in 0..<units {
      for column in columns {
        let place = unit * (read + units) + column
        guard exists(place) else { continue }
        places.append(place)
        sources.append(UInt16(column - columns.lowerBound))
      }
      while places.count % group != 0 {
        places.append(nil)
        sources.append(0)
      }
      firsts.append(UInt32(places.count))
    }
    func numbers(_ values: [Number]) -> [Number] {
      places.map { place in place.map { values[$0] } ?? filler }
    }
    var descriptor = SynapseDescriptor()
    descriptor.count = UInt32(places.count)
    descriptor.firsts = image.append(firsts)
    descriptor.sources = image.append(sources)
    descriptor.slopes = store(&image, numbers(slopes))
    descriptor.offsets = store(&image, numbers(offsets))
    descriptor.weights = store(&image, numbers(weights))
    descriptor.currents = store(&image, numbers(currents))
    return descriptor
  }
}

extension NetworkModel.LTC {
  /// Packs the cell into an image for floating point and returns the offset of its descriptor.
  func compiled(_ image: inout ImageBuilder, halves: Bool) -> UInt32 {
    let lists = SynapseLists<Float>(
      units: units, read: columns - units, group: Float32Arithmetic.synapseGroup, filler: 0, slopes: slopes,
      offsets: offsets, weights: weights, currents: zip(weights, reversals).map { $0 * $1 },
      exists: { weights[$0] != 0 })
    func store(_ image: inout ImageBuilder, _ numbers: [Float]) -> UInt32 {
      halves ? image.append(numbers.map(\.half)) : image.append(numbers)
    }
    var descriptor = LTCDescriptor()
    descriptor.unfolds = UInt32(unfolds)
    descriptor.sensory = lists.append(to: &image, recurrent: false, store)
    descriptor.recurrent = lists.append(to: &image, recurrent: true, store)
    let padded = ImageLayout.padded(units, to: ImageLayout.panelRows)
    // Neurons that there are not have a capacitance too, so that nothing is divided by zero.
    let arrays = [
      (capacitances.map { Float(Double($0) * Double(unfolds)) }, Float(1)),
      (leaks.map { Float(Double($0) + Self.epsilon) }, 0), (zip(leaks, leakReversals).map { $0 * $1 }, 0),
    ]
    descriptor.neurons = image.append(
      arrays.flatMap { values, filler in values + [Float](repeating: filler, count: padded - units) })
    return image.append([descriptor])
  }
}

extension FixedModel.LTC {
  /// Packs the cell into an image for fixed point and returns the offset of its descriptor.
  func compiled(_ image: inout ImageBuilder, _ shape: Architecture.LTC) -> UInt32 {
    let lists = SynapseLists<Int32>(
      units: shape.units, read: columns - shape.units, group: FixedPointArithmetic.synapseGroup, filler: 0,
      slopes: slopes, offsets: offsets, weights: weights, currents: currents,
      exists: { weights[$0] != 0 || currents[$0] != 0 })
    var descriptor = LTCDescriptor()
    descriptor.unfolds = UInt32(shape.unfolds)
    descriptor.sensory = lists.append(to: &image, recurrent: false) { $0.append($1) }
    descriptor.recurrent = lists.append(to: &image, recurrent: true) { $0.append($1) }
    let padded = ImageLayout.padded(shape.units, to: ImageLayout.panelRows)
    descriptor.neurons = image.append(
      [capacitances, leakConductances, leakCurrents, timeShifts, multipliers].flatMap { values in
        values + [Int32](repeating: 0, count: padded - shape.units)
      })
    return image.append([descriptor])
  }
}
