import PortableMath
import Testing

@testable import Control

/// Rotors on a circle, at these angles in degrees from the front to the right, turning one way and the other in turn.
func rotorsOnACircle(_ degrees: [Double], radius: Double = 0.3) -> RotorGeometry {
  RotorGeometry(
    degrees.enumerated().map { index, angle in
      RotorGeometry.Rotor(
        "rotor_\(index)", forward: radius * cosine(angle * .pi / 180),
        right: radius * sine(angle * .pi / 180),
        isClockwise: index % 2 == 1)
    })
}

/// Thrust and torques of thrusts, by the definition of a torque.
private func effect(_ geometry: RotorGeometry, _ thrusts: [Double]) -> [Double] {
  var sums = [0.0, 0, 0, 0]
  for (rotor, thrust) in zip(geometry.rotors, thrusts) {
    // Thrust is up, −z; r × F about the axes forward, right and down.
    let torque = Vector3(rotor.forward, rotor.right, 0).cross(Vector3(0, 0, -thrust))
    sums[0] += thrust
    sums[1] += torque.x
    sums[2] += torque.y
    // The air turns the body against the rotor: a counter-clockwise one turns it clockwise, nose to the right.
    sums[3] += rotor.isClockwise ? -thrust : thrust
  }
  return sums
}

@Suite("Rotors' geometry")
struct RotorGeometryTests {
  static let geometries = [
    rotorsOnACircle([45, 135, 225, 315]), rotorsOnACircle([30, 90, 150, 210, 270, 330]),
    rotorsOnACircle([0, 60, 120, 180, 240, 300]),
    rotorsOnACircle([22.5, 67.5, 112.5, 157.5, 202.5, 247.5, 292.5, 337.5]),
    // Uneven arms, and a centre of mass that is not in their middle.
    RotorGeometry([
      .init("a", forward: 0.2, right: 0.3, isClockwise: false),
      .init("b", forward: -0.25, right: -0.22, isClockwise: false),
      .init("c", forward: 0.22, right: -0.28, isClockwise: true),
      .init("d", forward: -0.24, right: 0.2, isClockwise: true),
    ]),
  ]

  @Test("a command of one axis moves no other, and moves it as far as the mixing says", arguments: geometries)
  func axesApart(_ geometry: RotorGeometry) throws {
    let mixing = try geometry.mixing()
    for (axis, shares) in [mixing.thrust, mixing.roll, mixing.pitch, mixing.yaw].enumerated() {
      let found = effect(geometry, shares)
      let expected = [
        mixing.fullThrust, mixing.rollArm * mixing.fullThrust, mixing.pitchArm * mixing.fullThrust,
        mixing.yawShare * mixing.fullThrust,
      ]
      for other in 0..<4 {
        #expect(abs(found[other] - (other == axis ? expected[axis] : 0)) < 1e-12, "axis \(axis) to \(other)")
      }
      #expect(expected[axis] > 0)
      #expect(abs(shares.reduce(0) { max($0, $1.magnitude) } - 1) < 1e-12)
    }
  }

  @Test("of the four of an X it is the mixer of a quad-X")
  func quad() throws {
    let (x, y) = (0.1, 0.15)
    let mixing = try RotorGeometry([
      .init("front_right", forward: x, right: y, isClockwise: false),
      .init("rear_left", forward: -x, right: -y, isClockwise: false),
      .init("front_left", forward: x, right: -y, isClockwise: true),
      .init("rear_right", forward: -x, right: y, isClockwise: true),
    ]).mixing()
    func isNear(_ a: [Double], _ b: [Double]) -> Bool { zip(a, b).allSatisfy { abs($0.0 - $0.1) < 1e-12 } }
    #expect(isNear(mixing.thrust, [1, 1, 1, 1]) && isNear(mixing.roll, [-1, 1, 1, -1]))
    #expect(isNear(mixing.pitch, [1, -1, 1, -1]) && isNear(mixing.yaw, [1, 1, -1, -1]))
    #expect(abs(mixing.fullThrust - 4) < 1e-12 && abs(mixing.yawShare - 1) < 1e-12)
    #expect(abs(mixing.rollArm - y) < 1e-12 && abs(mixing.pitchArm - x) < 1e-12)
  }

  @Test("the names of a geometry change nothing, and neither does their order")
  func order() throws {
    let geometry = rotorsOnACircle([30, 90, 150, 210, 270, 330])
    let (mixing, other) = (try geometry.mixing(), try RotorGeometry(geometry.rotors.reversed()).mixing())
    for (a, b) in [(mixing.roll, other.roll), (mixing.yaw, other.yaw)] {
      for (x, y) in zip(a, b.reversed()) { #expect(abs(x - y) < 1e-12) }
    }
  }

  @Test("what cannot be mixed is refused with the reason")
  func refused() {
    func problem(_ rotors: [(Double, Double, Bool)]) -> RotorGeometry.Problem? {
      do throws(RotorGeometry.Problem) {
        _ = try RotorGeometry(
          rotors.map { RotorGeometry.Rotor("r", forward: $0.0, right: $0.1, isClockwise: $0.2) }
        ).mixing()
        return nil
      } catch {
        return error
      }
    }
    #expect(problem([(1, 0, true), (-1, 0, false), (0, 1, true)]) == .tooFew)
    #expect(problem([(0, 0, true), (0, 0, false), (0, 0, true), (0, 0, false)]) == .inOneLine)
    let line = [-0.3, -0.1, 0.1, 0.3].enumerated()
    #expect(problem(line.map { ($1, 0, $0 % 2 == 0) }) == .inOneLine)
    #expect(problem(line.map { ($1, $1, $0 % 2 == 0) }) == .inOneLine)
    #expect(problem(line.map { ($1, 0.3, $0 % 2 == 0) }) == .inOneLine)
    let square = [(0.2, 0.2), (-0.2, -0.2), (0.2, -0.2), (-0.2, 0.2)]
    #expect(problem(square.map { ($0.0, $0.1, true) }) == .noYaw)
    // Both in front turn one way: yaw would pitch.
    #expect(problem(square.map { ($0.0, $0.1, $0.0 > 0) }) == .noYaw)
    #expect(problem(square.enumerated().map { ($1.0 + 0.5, $1.1, $0 < 2) }) == .centreOutside)
    #expect(problem(square.enumerated().map { ($1.0, $1.1, $0 < 2) }) == nil)
  }
}
