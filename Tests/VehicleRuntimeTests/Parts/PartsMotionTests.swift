import Control
import Signals
import SimulatedHardware
import Testing
import VehicleConfiguration

@testable import VehicleRuntime

/// How the parts of a plant move.
@Suite struct PartsMotionTests {
  /// A plant of parts without devices, moved on by some seconds; what its criteria measure then.
  private func measured(
    _ parts: String, of criteria: String..., after seconds: Double, seed: UInt64 = 1, keys: String = ""
  ) throws -> [Double] {
    let held = criteria.map { "{ of: \"\($0)\", largest: 1 }" }.joined(separator: ", ")
    let text = """
      { name: "bench", format: 2, loop: { rate_hz: 100 },
        simulation: { plant: "parts", duration_s: 1000, parts: { \(parts) }, \(keys) },
        evaluation: { from_s: 0, until_s: 1000, held: [\(held)] } }
      """
    let tables = try VehicleTables.load(text: text, directory: nil)
    var motion = tables.simulatedMotion(seed: seed)
    while motion.nanoseconds < Int64(seconds * 1e9) { motion.step() }
    let table = try tables.table()
    let memory = FrameMemory(table)
    motion.note(
      RunTick(time: 1, elapsed: 1, setpoint: Setpoint(), isActive: true, frame: memory.frame))
    return motion.score.measures.map(\.value)
  }

  @Test func `a lag of first order is at 63 % after its time constant`() throws {
    let value = try measured(
      "motor: { part: \"first_order\", of: 3, gain: 2, zero: 1, time_s: 0.5 }", of: "motor.value", after: 0.5)
    let wanted = 4 * 0.632
    #expect(abs(value[0] - wanted) < 0.01)
  }

  @Test func `a tank loses its level by Torricelli's law`() throws {
    // √h falls by a · √(2 g) / 2 A each second.
    let value = try measured(
      "tank: { part: \"tank\", inflow: 0, opening: 1, area_m2: 0.1, height_m: 2, start_m: [1, 1], outlet_m2: 0.001 }",
      of: "tank.level", "tank.pressure", after: 10)
    let root = 1 - 0.001 * (2 * 9.80665).squareRoot() / 0.2 * 10
    let pressure = 998 * 9.80665 * value[0]
    #expect(abs(value[0] - root * root) < 1e-3)
    #expect(abs(value[1] - pressure) < 1e-6)
  }

  @Test func `a tank that is full runs over`() throws {
    let value = try measured(
      "tank: { part: \"tank\", inflow: 0.01, area_m2: 0.1, height_m: 0.5, start_m: [0.4, 0.4] }",
      of: "tank.level", "tank.spilt", after: 2)
    #expect(value[0] == 0.5 && abs(value[1] - 0.01) < 1e-4)
  }

  @Test func `equations of state swing as their matrices say`() throws {
    // A spring of 1 rad/s, let go at 1: cos t.
    let value = try measured(
      "spring: { part: \"state_space\", of: 0, outputs: [\"x\"], start: [1, 0], a: [0, 1, -1, 0], b: [0, 1], c: [1, 0] }",
      of: "spring.x", after: 2)
    #expect(abs(value[0] - 0.4161) < 2e-3)
  }

  @Test func `a servo turns at its speed, and what it moves follows with play`() throws {
    let value = try measured(
      "fin: { part: \"servo\", of: 2000, rad_per_ms: 2, most_rad: 1.5, speed_rad_s: 2, time_s: 0.001, backlash_rad: 0.1 }",
      of: "fin.angle", after: 0.25)
    #expect(abs(value[0] - 0.45 * 180 / Double.pi) < 0.3)
  }

  @Test(arguments: ["waves", "steps"]) func `a disturbance stays within its amplitude and follows its factor`(
    _ kind: String
  ) throws {
    let part = "push: { part: \"\(kind)\", amplitude: 2, \(kind == "waves" ? "period_s" : "hold_s"): [1, 3] }"
    for seed in 1...20 as ClosedRange<UInt64> {
      let once = try measured(part, of: "push.value", after: 7, seed: seed)[0]
      let twice = try measured(part, of: "push.value", after: 7, seed: seed, keys: "disturbance: 1.5")[0]
      #expect(once <= 2)
      #expect(abs(twice - 1.5 * once) < 1e-9)
    }
  }

  @Test func `wear is drawn by the seed and follows its factor`() throws {
    let part = "motor: { part: \"first_order\", of: 1, gain: 1, time_s: 0.001, wear: { gain: 0.2 } }"
    var values: Set<Double> = []
    for seed in 1...10 as ClosedRange<UInt64> {
      let worn = try measured(part, of: "motor.value", after: 1, seed: seed)[0]
      let new = try measured(part, of: "motor.value", after: 1, seed: seed, keys: "wear: 0")[0]
      #expect(abs(new - 1) < 1e-9 && abs(worn - 1) <= 0.2)
      values.insert(worn)
    }
    #expect(values.count == 10)
  }

  @Test func `wheels of one speed drive straight, and a line that is left is lost`() throws {
    let value = try measured(
      "rover: { part: \"wheels\", left: 0.5, right: 0.5, track_m: 0.2, size_m: 1, line: \"circle\", ahead_m: 0 }",
      of: "rover.speed", "rover.turn_rate", "rover.offset", "rover.sensor_2", after: 1)
    #expect(abs(value[0] - 0.5) < 1e-9 && value[1] < 1e-9)
    // From (1, 0) half a metre along the tangent: √1.25 − 1 off the circle, which a gradient says to some percent.
    #expect(abs(value[2] - 0.118) < 0.02)
    #expect(value[3] == 0)
  }

  @Test func `a head feels gravity where it is tilted, and the base's turn`() throws {
    let value = try measured(
      "head: { part: \"pan_tilt\", base_pitch: 0.2, pan: 0, tilt: 0.3 }", of: "head.acceleration_x",
      "head.tilt", "head.rate_y",
      after: 0.1)
    let (force, tilt) = (9.80665 * 0.479426, 0.5 * 180 / Double.pi)
    #expect(abs(value[0] - force) < 1e-3)
    #expect(abs(value[1] - tilt) < 1e-6)
    #expect(value[2] == 0)
  }

  @Test func `an aeroplane glides at its trimmed speed, and sinks by its drag`() throws {
    let parts = """
      glider: { part: "fixed_wing", elevator: 0, rudder: 0, throttle: 0, mass_kg: 1.2, wing_m2: 0.35, trim_lift: 0.38,
        thrust_n: 8, pitch_speed_m_s: 22, throw_m_s: 12, throw_m: 1000 }
      """
    let early = try measured(parts, of: "glider.height", "glider.airspeed", after: 60)
    let late = try measured(parts, of: "glider.height", after: 120)
    // Lift equals weight at 12 m/s; a glide ratio of 0.38 / (0.03 + 0.04 · 0.38²) = 10.6.
    #expect(abs(early[1] - 12) < 0.7)
    let sink = abs(late[0] - early[0]) / 60
    #expect(abs(sink - 12 / 10.6) < 0.12)
  }
}
