import PortableMath

/// A head on a base that moves: rotations one after the other, and the rate of their product.
final class PanTilt: MovingPart {
  private let roll, pitch, yaw: [Int]
  private let pan, tilt: Int
  private let panOut, tiltOut, rollOut: Int
  private let motion: MotionPlaces
  private var before: Quaternion?

  init(_ wiring: PartWiring) {
    (roll, pitch) = (wiring.places("base_roll"), wiring.places("base_pitch"))
    (yaw, pan, tilt) = (wiring.places("base_yaw"), wiring.place("pan"), wiring.place("tilt"))
    (panOut, tiltOut) = (wiring.output("pan"), wiring.output("tilt"))
    rollOut = wiring.output("roll")
    motion = MotionPlaces(wiring)
  }

  func step(_ values: inout [Double], seconds: Double) {
    let base = Quaternion(
      roll: values.sum(at: roll), pitch: values.sum(at: pitch), yaw: values.sum(at: yaw))
    let head = base * Quaternion(roll: 0, pitch: values[tilt], yaw: values[pan])
    let turned = (before ?? head).conjugate * head
    before = head
    let rate = Vector3(turned.x, turned.y, turned.z) * (2 * (turned.w < 0 ? -1 : 1) / seconds)
    let angles = head.eulerAngles
    (values[panOut], values[tiltOut], values[rollOut]) = (angles.yaw, angles.pitch, angles.roll)
    motion.put(
      force: head.inverseRotate(Vector3(0, 0, -StandardAtmosphere.gravity)), rate: rate, &values)
  }
}

/// Where what an inertial sensor feels stands among the outputs of a part.
struct MotionPlaces {
  private let force, rate: [Int]

  init(_ wiring: PartWiring) {
    force = ["x", "y", "z"].map { wiring.output("acceleration_\($0)") }
    rate = ["x", "y", "z"].map { wiring.output("rate_\($0)") }
  }

  func put(force value: Vector3, rate turn: Vector3, _ values: inout [Double]) {
    for axis in 0..<3 {
      values[force[axis]] = value[axis]
      values[rate[axis]] = turn[axis]
    }
  }
}
