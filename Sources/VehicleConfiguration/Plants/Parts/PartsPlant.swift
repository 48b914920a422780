import Control
import HardwareInterfaces
import Signals

/// A plant that a file puts together from parts: what moves them, what measures them, and when a run counts as held.
public struct PartsPlant: Plant {
  /// See `Plant`.
  public static let name = "parts"
  /// See `Plant`.
  public static let actuators: [String] = []

  /// What a part reads.
  public enum Source: Sendable, Equatable {
    /// What reaches the actuator of that name.
    case actuator(String)
    /// An output of a part, both by name.
    case output(part: String, name: String)
    /// A constant.
    case number(Double)
  }

  /// A part.
  public struct Part: Sendable {
    /// Its name.
    public var name: String
    /// What kind of part it is.
    public var kind: PartKind
    /// What is set.
    public var settings: BlockSettings
    /// What it reads, by the names of its kind's inputs.
    public var inputs: [String: [Source]]
    /// By how much settings may differ, as a share of each.
    public var wear: [(setting: String, share: Double)]
    /// What it gives.
    public var outputs: [PartOutput] { kind.outputs(settings) }
  }

  /// Something that a device measures.
  public struct Measurement: Sendable, Equatable {
    /// The device.
    public var device: String
    /// Its channel; without one all of its channels that have names of the part's outputs.
    public var channel: String?
    /// The part that is measured.
    public var part: String
    /// Its output, where there is a channel.
    public var output: String?
    /// What the device gets is measured · scale + offset.
    public var scale = 1.0, offset = 0.0
    /// Standard deviation of noise beside the chip's own; times the run's noise.
    public var noise = 0.0
    /// Largest share of the scale, and largest change of the offset, by which a seed's may differ.
    public var scaleWear = 0.0, offsetWear = 0.0
  }

  /// A command that is drawn at random.
  public struct Draw: Sendable, Equatable {
    /// Its name behind `setpoint.`.
    public var command: String
    /// What is drawn, uniformly.
    public var range: ClosedRange<Double>
    /// Time from one draw to the next, in s.
    public var every: ClosedRange<Double>
  }

  /// The parts, in their order.
  public var parts: [Part]
  /// What is measured of them.
  public var measurements: [Measurement]
  /// When a run counts as held.
  public var criteria: [HeldCriterion]
  /// Commands that are drawn.
  public var draws: [Draw]
  /// Factors of all wear and of all disturbances.
  public var wear, disturbance: Double
  /// What every run has.
  public var run: Configuration.SimulatedRun
  /// The time that is judged.
  public var window: Configuration.EvaluationWindow

  /// The actuators that a part reads.
  public var sources: [String] {
    var names: [String] = []
    for case .actuator(let name) in parts.flatMap({ $0.inputs.values.flatMap(\.self) })
    where !names.contains(name) {
      names.append(name)
    }
    return names.sorted()
  }

  /// The output of a part; `nil` for none.
  public func output(_ part: String, _ name: String) -> PartOutput? {
    parts.first { $0.name == part }?.outputs.first { $0.name == name }
  }
}

extension PartsPlant {
  /// What the sections of its parts may hold, in the order of the reference.
  static var schemas: [SectionSchema] {
    [PartKeys.schema] + PartTable.all.map(\.schema) + [Measurement.schema, Draw.schema, HeldCriterion.schema]
  }
}

/// What a run of a plant of parts is judged by: how far something is from where it should be.
public struct HeldCriterion: Sendable, Equatable {
  /// How errors are summed up.
  public enum Summary: String, Sendable {
    case rms, largest
  }

  /// Its name for people and in reports.
  public var name: String
  /// What is judged, a part and its output.
  public var part, output: String
  /// The signal that it should be; 0 without one.
  public var wanted: String?
  /// How errors are summed up.
  public var summary: Summary
  /// The largest that counts as held.
  public var limit: Double
  /// Whether the error counts in % of what was wanted.
  public var isRelative: Bool
  /// Whether it is an angle, which counts in degrees and on a circle.
  public var isAngle: Bool
  /// Unit of the error.
  public var unit: String
}
