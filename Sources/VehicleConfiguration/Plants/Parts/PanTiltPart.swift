import Control
import Signals

extension PartKind {
  /// A head that two servos turn on a base that moves.
  static let panTilt = PartKind(
    "pan_tilt",
    about:
      "A head on a base that moves: one servo turns it about the base's vertical axis, the other tilts it. It gives what an inertial sensor in the head feels.",
    inputs: [
      PartInput("base_roll", count: 0...4, about: "Attitude of the base in rad; several add up."),
      PartInput("base_pitch", count: 0...4, about: "The same, nose up positive."),
      PartInput("base_yaw", count: 0...4, about: "The same, to the right positive."),
      PartInput("pan", about: "Angle of the head on the base in rad, to the right positive."),
      PartInput("tilt", about: "Angle of the head on that in rad, up positive."),
    ],
    settings: [],
    outputs: { _ in
      [
        PartOutput("pan", .radian, about: "heading of the head over the ground"),
        PartOutput("tilt", .radian, about: "its pitch"),
        PartOutput("roll", .radian, about: "its roll"),
      ] + motion
    })

  /// What an inertial sensor feels, under the names of its channels.
  static let motion =
    ["x", "y", "z"].map {
      PartOutput("acceleration_\($0)", .metrePerSecondSquared, about: "specific force in its axes")
    }
    + ["x", "y", "z"].map { PartOutput("rate_\($0)", .radianPerSecond, about: "angular rate in its axes") }
}
