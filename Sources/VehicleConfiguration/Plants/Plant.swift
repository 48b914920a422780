import HardwareInterfaces

/// What moves in a simulated run, as a file describes it.
public protocol Plant: Sendable {
  /// Its name in a file.
  static var name: String { get }
  /// The names of the actuators that move it.
  static var actuators: [String] { get }
  /// The same, where they follow from its settings.
  var movers: [String] { get }
  /// Setpoints that `seed` draws, when the file asks for random ones, moving as `motion` says; `nil` when it does not.
  func randomSetpoints(motion: SetpointMotion, seed: UInt64) -> (any SetpointSource)?
}

extension Plant {
  /// Those of every plant of its kind.
  public var movers: [String] { Self.actuators }
  /// None.
  public func randomSetpoints(motion: SetpointMotion, seed: UInt64) -> (any SetpointSource)? { nil }
}

/// A plant of a template: it knows what a file without one must be told beside the template's own sections.
protocol TemplatePlant: Plant {
  /// Keys of the section `simulation`, and their values as text.
  var members: [(key: String, value: String)] { get }
}

extension TemplatePlant {
  var members: [(key: String, value: String)] { [] }
}

/// A plant that must fit the vehicle's devices and signals.
protocol CheckedPlant: Plant {
  /// Complains in `file` about what does not fit.
  func check(_ tables: VehicleTables, in file: Section)
}

/// A plant with what a file says of its run.
struct ReadPlant {
  var plant: any Plant
  var run: Configuration.SimulatedRun
  var window: Configuration.EvaluationWindow
}

/// A plant that a file can name.
public struct PlantRow: NamedRow {
  /// Its name.
  public let name: String
  /// Reads it of a whole file; `nil` after an error was noted.
  let read: @Sendable (Section) -> ReadPlant?

  init(_ plant: any Plant.Type, read: @escaping @Sendable (Section) -> ReadPlant?) {
    (name, self.read) = (plant.name, read)
  }
}

/// The plants that there are: a new one is a file in `Plants`, its motion in VehicleRuntime, and a row here. A program that uses Ganglion as
/// a library adds its own before it reads a configuration.
public enum PlantTable {
  /// All plants, in the order of the reference.
  public static let all = Rows<PlantRow>([
    PlantRow(StandingPlant.self, read: StandingPlant.read),
    PlantRow(QuadrotorPlant.self, read: QuadrotorPlant.read),
    PlantRow(BalancingRobotPlant.self, read: BalancingRobotPlant.read),
    PlantRow(PartsPlant.self, read: PartsPlant.read),
  ])
}
