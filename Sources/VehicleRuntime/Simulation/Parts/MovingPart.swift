import Control
import HardwareInterfaces
import PortableMath
import SimulatedHardware
import VehicleConfiguration

/// A part of a plant at work. Its inputs and outputs are places in the plant's values.
public protocol MovingPart: AnyObject {
  /// Moves on by some seconds: reads its inputs, and writes its outputs.
  func step(_ values: inout [Double], seconds: Double)
  /// Why the run ended; `nil` while it goes on.
  var crash: String? { get }
}

extension MovingPart {
  /// Nothing can end it.
  public var crash: String? { nil }
}

/// What a part is made of: its settings as a seed has worn them, and where its inputs and outputs are.
public struct PartWiring {
  private let settings: BlockSettings
  private let worn: [String: Double]
  private let inputs: [String: [Int]]
  private let outputs: [String: Int]
  /// A source of random numbers of its own.
  public var random: RandomGenerator
  /// Factor of the amplitudes of disturbances.
  public let disturbance: Double

  init(
    _ part: PartsPlant.Part, inputs: [String: [Int]], outputs: [String: Int], random: RandomGenerator,
    wear: Double, disturbance: Double
  ) {
    var random = random
    // Drawn in the order of the file, so that a seed has the same wear whatever the factor.
    worn = Dictionary(
      part.wear.map { ($0.setting, 1 + wear * $0.share * random.nextUniform(-1, 1)) },
      uniquingKeysWith: { first, _ in first })
    (settings, self.inputs, self.outputs) = (part.settings, inputs, outputs)
    (self.random, self.disturbance) = (random, disturbance)
  }

  /// A setting as it is in this run.
  public func number(_ name: String) -> Double { settings.number(name) * (worn[name] ?? 1) }
  /// Numbers as they are in this run.
  public func numbers(_ name: String) -> [Double] {
    settings.numbers(name).map { $0 * (worn[name] ?? 1) }
  }
  /// A choice.
  public func choice(_ name: String) -> String { settings.choice(name) }
  /// Names.
  public func names(_ name: String) -> [String] { settings.names(name) }
  /// A number drawn from an interval.
  public mutating func draw(_ name: String) -> Double {
    let ends = numbers(name)
    guard ends.count == 2 else { return 0 }
    return random.nextUniform(ends[0], ends[1])
  }

  /// Where what an input reads stands; place 0, which is always 0, where it reads nothing.
  public func place(_ input: String) -> Int { inputs[input]?.first ?? 0 }
  /// Where all stand that an input reads.
  public func places(_ input: String) -> [Int] { inputs[input] ?? [] }
  /// Where an output is to stand.
  public func output(_ name: String) -> Int { outputs[name] ?? 0 }
}

/// How a kind of part moves, by its name in `PartTable`.
public struct PartMotionRow: NamedRow {
  /// Its name.
  public let name: String
  let make: @Sendable (PartWiring) -> any MovingPart

  /// A row from its parts.
  public init(_ name: String, make: @escaping @Sendable (PartWiring) -> any MovingPart) {
    (self.name, self.make) = (name, make)
  }
}

/// How the kinds of parts move.
public enum PartMotions {
  /// All kinds, as in `PartTable`.
  public static let all = Rows<PartMotionRow>([
    PartMotionRow("first_order") { FirstOrder($0) },
    PartMotionRow("servo") { ServoMotion($0) },
    PartMotionRow("state_space") { StateSpace($0) },
    PartMotionRow("waves") { Waves($0) },
    PartMotionRow("steps") { Steps($0) },
    PartMotionRow("gusts") { Gusts($0) },
    PartMotionRow("tank") { Tank($0) },
    PartMotionRow("wheels") { WheelsOnLine($0) },
    PartMotionRow("pan_tilt") { PanTilt($0) },
    PartMotionRow("fixed_wing") { FixedWing($0) },
  ])
}

extension [Double] {
  /// The sum of the values at some places.
  func sum(at places: [Int]) -> Double {
    var sum = 0.0
    for place in places { sum += self[place] }
    return sum
  }

  /// Their mean.
  func mean(at places: [Int]) -> Double { places.isEmpty ? 0 : sum(at: places) / Double(places.count) }
}

extension Double {
  /// The nearest number within bounds.
  func limited(_ least: Double, _ most: Double) -> Double { Swift.min(Swift.max(self, least), most) }
}
