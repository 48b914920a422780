import LiquidModel

/// The vehicle's whole control logic: estimator, network, classical controller, safety, limits and mixer.
///
/// `step` is a pure function of the controller's state and its input: it looks at no clock, file or bus, takes
/// no heap block and never waits. That is what makes a log replay bit for bit.
public struct VehicleController: ~Copyable {
  // One of them is there: kinds of vehicle side by side, without a box.
  private var quadrotor: VehicleTick<QuadrotorLogic>?
  private var balancingRobot: VehicleTick<BalancingRobotLogic>?

  /// How long after its first tick a vehicle that is not armed may be without what its sensors have yet to give,
  /// in ns: the chips and filters are still starting.
  public static let startUpTime: Int64 = 1_500_000_000

  /// A controller at rest, for a configuration that was found valid.
  ///
  /// - Parameters:
  ///   - network: The network to step; without one the classical controller flies.
  ///   - timing: What the network's `ts` means; ignored without a network.
  public init(_ configuration: Configuration, network: consuming NetworkRuntime?, timing: NetworkTiming) {
    switch configuration.vehicle {
    case .quadrotor(let parts):
      quadrotor = VehicleTick(configuration, parts, network: network, timing: timing)
    case .balancingRobot(let parts):
      balancingRobot = VehicleTick(configuration, parts, network: network, timing: timing)
    }
  }

  /// Whether the motors turn although this controller did not arm them: so it is in the recording of another autopilot,
  /// for the estimator. False for every vehicle that this controller flies.
  public var othersFly = false {
    didSet {
      quadrotor?.othersFly = othersFly
      balancingRobot?.othersFly = othersFly
    }
  }

  /// Moves on by one tick.
  public mutating func step(_ input: TickInput) -> TickOutput {
    var output = TickOutput()
    quadrotor?.step(input, &output)
    balancingRobot?.step(input, &output)
    return output
  }
}
