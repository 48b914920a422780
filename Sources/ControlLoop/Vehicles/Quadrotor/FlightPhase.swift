/// Tells flying from standing, for controllers: on the ground no controller may act or integrate.
///
/// Flight begins, while armed, when the pilot's altitude setpoint leaves the ground; it ends when the vehicle is disarmed,
/// or when the setpoint has been on the ground, and the vehicle near it and not moving, for `standingTime`.
public struct FlightPhase: BitwiseCopyable, Sendable, Equatable {
  /// Whether controllers act.
  public private(set) var isFlying = false
  private var standing: Float = 0

  /// Altitude setpoint in m above which flight begins; half of it ends it.
  public static let takeOffAltitude: Float = 0.1
  /// Estimated altitude in m below which the vehicle may be standing.
  public static let landedAltitude: Float = 0.12
  /// Climb rate in m/s below which the vehicle may be standing.
  public static let landedClimbRate: Float = 0.15
  /// How long it must look like standing, in s.
  public static let standingTime: Float = 0.4

  /// On the ground.
  public init() {}

  /// Moves on by one tick of `seconds`; says whether the vehicle flies.
  ///
  /// Only where it `mayTakeOff` does flight begin: a vehicle that stands while it is made to hold or to land stays
  /// where it is, whatever altitude is estimated.
  public mutating func update(
    estimate: Estimate, setpoint: Setpoint, seconds: Float, armed: Bool, mayTakeOff: Bool = true
  ) -> Bool {
    guard armed else {
      self = FlightPhase()
      return false
    }
    if mayTakeOff, setpoint.altitude > Self.takeOffAltitude { isFlying = true }
    let looksLanded =
      setpoint.altitude < Self.takeOffAltitude / 2 && estimate.altitude < Self.landedAltitude
      && abs(estimate.climbRate) < Self.landedClimbRate
    standing = looksLanded ? standing + seconds : 0
    if standing >= Self.standingTime { isFlying = false }
    return isFlying
  }
}
