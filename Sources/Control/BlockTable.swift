/// The blocks that there are: a new one is a file in `Blocks` and a row here.
public enum BlockTable {
  /// All kinds, in the order of the reference.
  public static let all: [any (Block & ~Copyable).Type] = [
    Constant.self, Scale.self, Clamp.self, DeadBand.self, Slew.self, Sum.self, Product.self, Difference.self,
    Delay.self,
    LowPass.self, Derivative.self, Integral.self, Notch.self, ComplementaryFilter.self, PID.self,
    Select.self, Switch.self,
    TickClock.self, Freshness.self, Health.self, Voter.self,
    Attitude.self, Altitude.self, WheelOdometry.self, LastVoltage.self,
    Safety.self,
    FlightSetpoint.self, FlightPhase.self, QuadrotorControl.self, BlindDescent.self,
    DriveSetpoint.self, BalanceControl.self,
    NetworkBlock.self, CommandChoice.self,
    QuadMixer.self, WheelMixer.self, Mixer.self, DifferentialDrive.self, ServoLinkage.self,
    SpeedController.self, BridgePulse.self, Servo.self, Duty.self, MotorVoltage.self, Relay.self,
  ]

  /// The kind of this name in a configuration; `nil` when there is none.
  public static func kind(_ name: String) -> (any (Block & ~Copyable).Type)? {
    all.first { $0.description.name == name }
  }
}
