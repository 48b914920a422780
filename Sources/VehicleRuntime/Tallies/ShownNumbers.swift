import Files
import Signals

/// The few numbers by which people see how it goes: those of a list that the vehicle has.
struct ShownNumbers: Sendable {
  /// One that may be shown.
  private struct Candidate {
    let label, signal, format: String
    /// Shown only beside this signal.
    var beside: String?
    var isAngle = false
  }

  private static let candidates = [
    Candidate(
      label: "roll", signal: "attitude.roll", format: "%6.1f°", beside: "altitude.altitude", isAngle: true),
    Candidate(label: "pitch", signal: "attitude.pitch", format: "%6.1f°", isAngle: true),
    Candidate(label: "altitude", signal: "altitude.altitude", format: "%5.2f m"),
    Candidate(label: "speed", signal: "odometry.speed", format: "%5.2f m/s"),
    Candidate(label: "way", signal: "odometry.travel", format: "%6.2f m"),
  ]

  private let places: InlineArray<5, SignalIndex<Float>?>

  /// Those of a vehicle with these signals.
  init(_ table: SignalTable) {
    var places = InlineArray<5, SignalIndex<Float>?>(repeating: nil)
    for (index, candidate) in Self.candidates.prefix(5).enumerated() {
      if let beside = candidate.beside, table[beside] == nil { continue }
      places[index] = table.index(of: candidate.signal)
    }
    self.places = places
  }

  /// Their values in a tick, as they go from thread to thread.
  struct Values: BitwiseCopyable, Sendable {
    fileprivate var numbers = InlineArray<5, Float>(repeating: 0)
  }

  /// The values in a frame. For the loop's tick: nothing is allocated.
  func values(_ frame: Frame) -> Values {
    var values = Values()
    for index in 0..<5 { if let place = places[index] { values.numbers[index] = frame[place] } }
    return values
  }

  /// The values in a few words of fixed length.
  func text(_ values: Values) -> String {
    var words: [String] = []
    for (index, candidate) in Self.candidates.prefix(5).enumerated() where places[index] != nil {
      let value = Double(values.numbers[index] * (candidate.isAngle ? 180 / Float.pi : 1))
      words.append("\(candidate.label) " + formatted(candidate.format, value))
    }
    return words.joined(separator: "  ")
  }
}
