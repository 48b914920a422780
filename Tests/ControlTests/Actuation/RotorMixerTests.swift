import PortableMath
import Signals
import Testing

@testable import Control

/// The mixer of a geometry, armed and with a controller that acts.
private struct RotorBench: ~Copyable {
  var bench: BlockBench
  let geometry: RotorGeometry
  let mixing: RotorGeometry.Mixing

  init(_ geometry: RotorGeometry, idle: Double = 0.05, slew: Double = 1e6) throws {
    let mixing = try geometry.mixing()
    // Thrown out of a type that cannot be copied only before any of it is there.
    var bench = try BlockBench(
      outside: BlockBench.signals(
        .number, .none, "command.thrust", "command.roll", "command.pitch", "command.yaw")
        + BlockBench.signals(.flag, .none, "phase.flying", "safety.armed", "safety.arms"),
      [
        BlockDeclaration(
          "rotor_mixer", "motors",
          settings: [
            "rotors": .names(geometry.rotors.map(\.name)), "thrust_shares": .numbers(mixing.thrust),
            "roll_shares": .numbers(mixing.roll), "pitch_shares": .numbers(mixing.pitch),
            "yaw_shares": .numbers(mixing.yaw), "idle": .number(idle), "slew": .number(slew),
          ])
      ])
    bench["phase.flying"] = true
    bench["safety.armed"] = true
    self.bench = bench
    (self.geometry, self.mixing) = (geometry, mixing)
  }

  mutating func step(_ thrust: Float, _ roll: Float, _ pitch: Float, _ yaw: Float, seconds: Double = 1) throws
    -> [Float]
  {
    try bench.step(
      ["command.thrust": thrust, "command.roll": roll, "command.pitch": pitch, "command.yaw": yaw],
      seconds: seconds)
    return geometry.rotors.map { bench["motors.\($0.name)"] }
  }

  /// What commands thrusts add up to: thrust, roll, pitch, yaw.
  func commands(_ thrusts: [Float]) -> [Double] {
    let full = mixing.fullThrust
    var sums = [0.0, 0, 0, 0]
    for (rotor, thrust) in zip(geometry.rotors, thrusts.map(Double.init)) {
      sums[0] += thrust / full
      sums[1] -= thrust * rotor.right / (full * mixing.rollArm)
      sums[2] += thrust * rotor.forward / (full * mixing.pitchArm)
      sums[3] += (rotor.isClockwise ? -thrust : thrust) / (full * mixing.yawShare)
    }
    return sums
  }
}

@Suite("The mixer of any rotors")
struct RotorMixerTests {
  @Test("what fits comes out as asked", arguments: RotorGeometryTests.geometries)
  func exact(_ geometry: RotorGeometry) throws {
    var mixer = try RotorBench(geometry)
    var random = RandomGenerator(seed: 1)
    for _ in 0..<1000 {
      func draw(_ limit: Double) -> Float { Float(random.nextUniform(-limit, limit)) }
      let wanted = [0.5 + draw(0.1), draw(0.08), draw(0.08), draw(0.08)]
      let found = mixer.commands(try mixer.step(wanted[0], wanted[1], wanted[2], wanted[3]))
      for axis in 0..<4 { #expect(abs(found[axis] - Double(wanted[axis])) < 1e-6, "axis \(axis)") }
    }
  }

  @Test(
    "whatever is asked, rotors stay between idle and full, and yaw gives way before thrust, thrust before roll and pitch",
    arguments: RotorGeometryTests.geometries)
  func saturated(_ geometry: RotorGeometry) throws {
    var mixer = try RotorBench(geometry)
    let mixing = mixer.mixing
    var random = RandomGenerator(seed: 2)
    for _ in 0..<2000 {
      func draw(_ limit: Double) -> Float { Float(random.nextUniform(-limit, limit)) }
      let wanted = [0.5 + draw(1), draw(1), draw(1), draw(1)]
      let thrusts = try mixer.step(wanted[0], wanted[1], wanted[2], wanted[3])
      #expect(thrusts.allSatisfy { (0.05...1).contains($0) })
      let found = mixer.commands(thrusts)
      // Some of roll and pitch, both alike, of the sign that was asked for.
      let (roll, pitch, yaw) = (Double(wanted[1]), Double(wanted[2]), Double(wanted[3]))
      let share = (found[1] * roll + found[2] * pitch) / (roll * roll + pitch * pitch)
      #expect(abs(found[1] - share * roll) < 2e-5 && abs(found[2] - share * pitch) < 2e-5)
      #expect(share > 0 && share < 1 + 1e-5)
      // They are cut only where no thrust makes them fit: then one rotor idles and another gives all.
      let tilts = zip(mixing.roll, mixing.pitch).map { $0.0 * roll + $0.1 * pitch }
      let fits = stride(from: 0.05, through: 1, by: 0.001).contains { thrust in
        zip(tilts, mixing.thrust).allSatisfy { (0.05...1).contains($0.0 + $0.1 * thrust) }
      }
      if fits { #expect(share > 1 - 1e-5) }
      // Yaw is never more than asked, and never the other way round.
      #expect(abs(found[3]) <= abs(yaw) + 2e-5 && found[3] * yaw >= -2e-5)
    }
  }

  @Test("of the four of an X it shares as the quad-X mixer does")
  func quad() throws {
    let (x, y) = (0.1, 0.1)
    var mixer = try RotorBench(
      RotorGeometry([
        .init("front_right", forward: x, right: y, isClockwise: false),
        .init("rear_left", forward: -x, right: -y, isClockwise: false),
        .init("front_left", forward: x, right: -y, isClockwise: true),
        .init("rear_right", forward: -x, right: y, isClockwise: true),
      ]))
    let quad = QuadShares(idle: 0.05)
    var random = RandomGenerator(seed: 3)
    for _ in 0..<2000 {
      func draw(_ limit: Double) -> Float { Float(random.nextUniform(-limit, limit)) }
      let (thrust, roll, pitch, yaw) = (0.5 + draw(1), draw(0.6), draw(0.6), draw(0.6))
      let expected = quad.thrusts(thrust: thrust, roll: roll, pitch: pitch, yaw: yaw)
      let found = try mixer.step(thrust, roll, pitch, yaw)
      for motor in 0..<4 { #expect(abs(found[motor] - expected[motor]) < 2e-5) }
    }
  }

  @Test(
    "rotors stand while disarmed, idle while nothing acts, change no faster than they may, and hold at nonsense"
  )
  func modes() throws {
    var mixer = try RotorBench(rotorsOnACircle([30, 90, 150, 210, 270, 330]), slew: 10)
    #expect(try mixer.step(0.5, 0, 0, 0, seconds: 0.01).allSatisfy { abs($0 - 0.1) < 1e-6 })
    let before = try mixer.step(0.5, 0.1, 0, 0)
    for nonsense in [Float.nan, .infinity] {
      #expect(try mixer.step(nonsense, 0, 0, 0) == before)
      #expect(try mixer.step(0.5, 0, nonsense, 0) == before)
    }
    mixer.bench["phase.flying"] = false
    #expect(try mixer.step(0.5, 0.1, 0, 0).allSatisfy { abs($0 - 0.05) < 1e-6 })
    mixer.bench["safety.armed"] = false
    #expect(try mixer.step(0.5, 0.1, 0, 0) == [0, 0, 0, 0, 0, 0])
  }
}
