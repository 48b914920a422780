/// How far a network's vectors without bound go beyond what a recording shows: linear and pure states, potentials of LTC
/// neurons, layers of relu, silu and gelu.
///
/// A recording shows one course of each input, and a state is a sum over many: another recording of the same kind adds
/// up other courses, to sums several times as large. So the recording is put together anew: each input's course begins at
/// another place or is mirrored in the middle of its port's range, independently of the others, and the network runs over
/// that. Where that goes hardly further than the recording did (random input that shows everything in a moment), little is to
/// be expected of the next recording; where it goes much further (inputs that wander), the next will go further still.
struct CalibrationReach: Sendable {
  /// What must be held of each neuron of each cell, and of each element that an affine map reads; half of it is room.
  private(set) var states: [[Double]]
  private(set) var reads: [[Double]]

  /// The largest magnitudes that quantisation holds are those times this.
  static let headroom = 2.0
  /// Neurons and units that hardly moved may yet become as large as this share of their layer's largest.
  static let leastShare = 0.125
  /// Recordings put together anew, at most, and multiplications that they may take.
  private static let most = 8
  private static let budget = 500_000_000

  /// - Parameters:
  ///   - states: The largest |value| of each neuron on the recording.
  ///   - reads: The same of each element that each affine map reads.
  init(_ model: NetworkModel, steps: [Calibration.Step], states: [[Double]], reads: [[Double]]) {
    (self.states, self.reads) = (states, reads)
    guard model.hasUnboundedValues else { return }
    let cost = max(Architecture(of: model).multiplyCount * steps.count, 1)
    let runs = min(max(Self.budget / cost, 2), Self.most)
    var recordings = RecordingAnew(model, steps)
    var (anewStates, anewReads) = (
      states.map { $0.map { _ in 0.0 } }, reads.map { $0.map { _ in 0.0 } }
    )
    for run in 0..<runs {
      let steps = recordings.next(steps, shifted: run % 2 == 1, larger: run % 4 >= 2)
      var network = ReferenceNetwork(model)
      var (runStates, runReads) = (anewStates, anewReads)
      for step in steps {
        _ = network.step(step.inputs, ts: step.ts)
        for k in runStates.indices { runStates[k].raise(to: network.states[k]) }
        for (k, reading) in network.read.enumerated() { runReads[k].raise(to: reading.vector) }
      }
      // A network that a mirrored input drives beyond all bounds says nothing about how far it goes in use.
      guard (runStates + runReads).joined().allSatisfy(\.isFinite) else { continue }
      (anewStates, anewReads) = (runStates, runReads)
    }
    for k in states.indices { self.states[k] = Self.expected(seen: states[k], anew: anewStates[k]) }
    for k in reads.indices { self.reads[k] = Self.expected(seen: reads[k], anew: anewReads[k]) }
  }

  /// What is to be held, before the headroom, of a vector that was so large on the recording and on those put together anew.
  private static func expected(seen: [Double], anew: [Double]) -> [Double] {
    let least = leastShare * (seen.max() ?? 0)
    var growth = 1.0
    for (seen, anew) in zip(seen, anew) where max(seen, least) > 0 {
      growth = max(growth, anew / max(seen, least))
    }
    // Measured on wandering and on random input (docs/fixed-point.md): hardly more than anew where there is no growth, up to 3
    // times as much where it is 2.5.
    let margin = min(max(1.2 + 2.2 * (growth - 1.85), 1.2), 3)
    return zip(seen, anew).map { seen, anew in max(seen, anew * margin / headroom) }
  }
}

extension [Double] {
  /// The larger of each element and the magnitude of its counterpart.
  fileprivate mutating func raise(to values: [Double]) {
    for (index, value) in values.enumerated() where !(abs(value) <= self[index]) { self[index] = abs(value) }
  }
}

extension NetworkModel {
  /// Whether a state or a layer has no bound of its own, so that its 16 bits are chosen by what a recording shows.
  var hasUnboundedValues: Bool {
    cells.contains { cell in
      guard let cell = cell.cfc else { return true }
      return cell.mode == .pure || cell.headActivation == .linear
        || (!cell.backbone.isEmpty && [.relu, .silu, .gelu].contains(cell.backboneActivation))
    }
  }
}
