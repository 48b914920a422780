import Control
import Signals

extension PartKind {
  /// A light aeroplane with rudder, elevator and a propeller.
  static let fixedWing = PartKind(
    "fixed_wing",
    about:
      "A light aeroplane with dihedral that turns by its rudder: lift, drag, a propeller, wind. It is held level until it is thrown, and gives what its sensors feel.",
    inputs: [
      PartInput("elevator", about: "Angle of the elevator in rad, up (nose up) positive."),
      PartInput("rudder", about: "Angle of the rudder in rad, to the right positive."),
      PartInput("throttle", about: "Share of the propeller's thrust, 0 to 1."),
      PartInput("wind_north", count: 0...4, about: "Wind towards the north in m/s; several add up."),
      PartInput("wind_east", count: 0...4, about: "Wind towards the east in m/s."),
      PartInput("wind_up", count: 0...4, about: "Wind upwards in m/s."),
    ],
    settings: [
      SettingDescription("mass_kg", .number(0.01...1000, unit: .none), about: "mass"),
      SettingDescription("wing_m2", .number(0.001...1000, unit: .none), about: "area of the wing"),
      SettingDescription(
        "drag", .number(0.001...1, unit: .none), standard: .number(0.03),
        about: "coefficient of drag without lift"
      ),
      SettingDescription(
        "induced", .number(0...1, unit: .none), standard: .number(0.04),
        about: "drag for each lift coefficient squared"),
      SettingDescription(
        "lift_slope", .number(0.5...7, unit: .none), standard: .number(5),
        about: "lift coefficient for each rad"),
      SettingDescription(
        "trim_lift", .number(0...2, unit: .none), standard: .number(0.5),
        about: "lift coefficient at which it flies with its elevator straight"),
      SettingDescription(
        "thrust_n", .number(0...1e5, unit: .none), about: "full thrust of the propeller standing"),
      SettingDescription(
        "pitch_speed_m_s", .number(1...300, unit: .metrePerSecond), about: "speed at which it pulls no more"),
      SettingDescription(
        "elevator_power", .number(0.01...100, unit: .none), standard: .number(1.2),
        about: "change of the angle of attack for each rad of elevator"),
      SettingDescription(
        "pitch_rate_hz", .number(0.1...20, unit: .hertz), standard: .number(1.2),
        about: "frequency at which it nods at `throw_m_s`"),
      SettingDescription(
        "rudder_power", .number(0.01...1000, unit: .none), standard: .number(18),
        about: "roll acceleration in rad/s² for each rad of rudder at `throw_m_s`"),
      SettingDescription(
        "roll_damping", .number(0.1...100, unit: .none), standard: .number(6),
        about: "roll deceleration for each rad/s, in 1/s, at `throw_m_s`"),
      SettingDescription(
        "roll_return", .number(-10...10, unit: .none), standard: .number(0.3),
        about: "roll acceleration back to level for each rad, in 1/s²"),
      SettingDescription(
        "throw_s", .number(0.5...1000, unit: .second), standard: .number(3), about: "when it is thrown"),
      SettingDescription(
        "throw_m_s", .number(1...200, unit: .metrePerSecond), about: "the speed it gets then, over 0.4 s"),
      SettingDescription(
        "throw_m", .number(0...1000, unit: .metre), standard: .number(30),
        about: "height over the ground at which it is thrown: from a hill"),
    ],
    outputs: { _ in
      [
        PartOutput("heading", .radian, about: "of its nose, from north to the right"),
        PartOutput("height", .metre, about: "over where it was thrown"),
        PartOutput("airspeed", .metrePerSecond, about: "speed through the air"),
        PartOutput("roll", .radian, about: "to the right"),
        PartOutput("pitch", .radian, about: "nose up"),
        PartOutput("pressure", .pascal, about: "of the air around it"),
        PartOutput("differential_pressure", .pascal, about: "at its pitot tube"),
        PartOutput("field_x", .tesla, about: "magnetic field in its axes"),
        PartOutput("field_y", .tesla, about: "magnetic field in its axes"),
        PartOutput("field_z", .tesla, about: "magnetic field in its axes"),
      ] + motion
    })
}
