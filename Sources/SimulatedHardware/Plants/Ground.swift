import PortableMath

/// Level ground under four feet: each foot is a spring with a damper, and rubs.
struct Ground: Sendable {
  let stiffness, damping, friction, fadeSpeed: Double

  init(_ parameters: QuadrotorParameters) {
    stiffness = parameters.footStiffness
    damping = parameters.footDamping
    friction = parameters.friction
    fadeSpeed = parameters.frictionFadeSpeed
  }

  /// Force in N, north-east-down, on a foot that is `depth` m below the surface and moves at `velocity` m/s.
  @inline(__always)
  func force(depth: Double, velocity: Vector3) -> Vector3 {
    // A damper may brake the fall but never pull on a foot that lifts off.
    let normal = stiffness * depth + damping * velocity.z
    guard depth > 0, normal > 0 else { return .zero }
    let sliding = (velocity.x * velocity.x + velocity.y * velocity.y).squareRoot()
    let share = friction * normal / (sliding > fadeSpeed ? sliding : fadeSpeed)
    return Vector3(-share * velocity.x, -share * velocity.y, -normal)
  }
}
