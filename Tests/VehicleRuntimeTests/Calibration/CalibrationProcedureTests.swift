import HardwareInterfaces
import PortableMath
import Testing

@testable import Sampling
@testable import VehicleConfiguration
@testable import VehicleRuntime

/// Feeds a procedure with readings of sensors in somebody's hands, at 200 Hz.
private struct Hands {
  var readings = CalibrationReadings()
  var noise = 1.0
  private var random = RandomGenerator(seed: 9)

  init() {
    readings.inertial.isPresent = true
    readings.magnetic.isPresent = true
  }

  var time: Double { readings.inertial.time.seconds }

  /// The next reading, in the body's axes and the sensor's alike.
  mutating func step(
    rate: Vector3 = .zero, force: Vector3 = Vector3(0, 0, -9.80665),
    field: Vector3 = Vector3(20e-6, 0, 45e-6),
    after milliseconds: Int64 = 5
  ) {
    func draw(_ deviation: Double) -> Vector3 {
      Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()) * (deviation * noise)
    }
    let (w, a, b) = (rate + draw(0.002), force + draw(0.05), field + draw(0.3e-6))
    let time = readings.inertial.time.advanced(milliseconds: milliseconds)
    readings.inertial.sample = InertialSample(
      acceleration: (Float(a.x), Float(a.y), Float(a.z)), rate: (Float(w.x), Float(w.y), Float(w.z)),
      temperature: 31)
    readings.magnetic.sample = MagneticSample(field: (Float(b.x), Float(b.y), Float(b.z)))
    (readings.inertial.time, readings.magnetic.time) = (time, time)
    readings.inertial.sequence += 1
    readings.magnetic.sequence += 1
  }
}

@Suite("Procedures of a calibration")
struct CalibrationProcedureTests {
  private let bias = Vector3(0.02, -0.1, 0.005)

  // MARK: - Gyroscope

  @Test("a vehicle that stands still gives its gyroscope's bias, with its error and its temperature")
  func standingStill() throws {
    var (hands, procedure) = (Hands(), GyroProcedure())
    while procedure.result == nil, hands.time < 10 {
      hands.step(rate: bias)
      try procedure.take(hands.readings)
    }
    let found = try #require(procedure.result)
    #expect((found.bias - bias).length < 4e-4)
    #expect(found.record.temperature == 31)
    #expect(found.record.count == 600)
    let error = try #require(found.record.residual)
    #expect(error > 1e-5 && error < 4e-4)
  }

  /// Ways to move, and what is said of them.
  struct Motion: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var says: String
    var rate: @Sendable (Double) -> Vector3 = { _ in .zero }
    var force: @Sendable (Double) -> Vector3 = { _ in Vector3(0, 0, -9.80665) }
    var field: @Sendable (Double) -> Vector3 = { _ in Vector3(20e-6, 0, 45e-6) }
  }

  static let motions = [
    Motion(
      testDescription: "swung", says: "rate about the sensor's y scattered",
      rate: { Vector3(0, 0.2 * sine(6 * $0), 0) }),
    Motion(
      testDescription: "shaken", says: "acceleration along the sensor's x scattered",
      force: { Vector3(1.5 * sine(40 * $0), 0, -9.8) }),
    // Half a degree a second and more about a level axis: the gyroscope alone would call it bias.
    Motion(
      testDescription: "tilted slowly", says: "it tilts slowly", rate: { _ in Vector3(0.01, 0, 0) },
      force: { Vector3(0, -9.80665 * sine(0.01 * $0), -9.80665 * cosine(0.01 * $0)) }),
    Motion(
      testDescription: "speeding up", says: "rate about the sensor's z changed",
      rate: { Vector3(0, 0, 0.01 * $0) }),
    // A turntable: neither gyroscope nor accelerometer can tell it from a bias.
    Motion(
      testDescription: "turned steadily", says: "the magnetometer's field changed",
      rate: { _ in Vector3(0, 0, 0.03) },
      field: { Vector3(20e-6 * cosine(0.03 * $0), -20e-6 * sine(0.03 * $0), 45e-6) }),
  ]

  @Test(
    "the bias is refused while the vehicle moves, and it is said what moved, when and how to go on",
    arguments: motions)
  func moving(_ motion: Motion) throws {
    var (hands, procedure) = (Hands(), GyroProcedure())
    while hands.time < 20 {
      let t = hands.time
      hands.step(rate: bias + motion.rate(t), force: motion.force(t), field: motion.field(t))
      try procedure.take(hands.readings)
    }
    #expect(procedure.result == nil)
    let refusal = procedure.refusal
    #expect(refusal.reason == .moving)
    #expect(refusal.text.contains(motion.says), "\(refusal.text)")
    #expect(refusal.remedy.contains("put it down"))
    // Put down at last, it is calibrated.
    while procedure.result == nil, hands.time < 30 {
      hands.step(rate: bias)
      try procedure.take(hands.readings)
    }
    #expect(((procedure.result?.bias ?? .zero) - bias).length < 4e-4)
  }

  @Test("a fast steady turn is no bias, however still it looks")
  func tooFast() {
    var (hands, procedure) = (Hands(), GyroProcedure())
    let refused = refusal {
      while hands.time < 10 {
        hands.step(rate: Vector3(0, 0, 0.5))
        try procedure.take(hands.readings)
      }
    }
    #expect(refused?.reason == .implausible)
    #expect(refused?.text.contains("28.6 °/s about its z") == true)
  }

  @Test("a gap in the readings, a clock that jumps and what is no number begin the time anew")
  func interrupted() throws {
    var (hands, procedure) = (Hands(), GyroProcedure())
    for step in 0..<2000 {
      let isBroken = step % 500 == 450
      hands.step(
        rate: isBroken && step > 1000 ? Vector3(.nan, 0, 0) : bias,
        after: isBroken && step < 500 ? 400 : isBroken && step < 1000 ? -1_000_000 : 5)
      try procedure.take(hands.readings)
      #expect(procedure.result == nil)
    }
    #expect(procedure.refusal.text.contains("not a number"))
  }

  @Test("nothing of a reading that is no number gets into an average", arguments: 0..<7)
  func nonsense(_ place: Int) {
    var window = StillWindow(seconds: 1)
    for number in 0..<600 {
      var values: [Float] = [0, 0, 0, 0, 0, -9.8, 30]
      // The very first reading, and one in the middle.
      if number == 0 || number == 150 { values[place] = .nan }
      let sample = InertialSample(
        acceleration: (values[3], values[4], values[5]), rate: (values[0], values[1], values[2]),
        temperature: values[6])
      switch window.add(sample, at: MonotonicTime(nanoseconds: Int64(number) * 5_000_000)) {
      case .going: break
      case .moved(let motion):
        #expect(motion.kind == .nonsense)
        #expect(number == 0 || number == 150)
      case .still(let average):
        #expect(average.rate == .zero && average.temperature == 30)
        #expect(number > 150)
      }
    }
  }

  @Test("readings that are not new are not taken twice")
  func repeated() throws {
    var (hands, procedure) = (Hands(), GyroProcedure())
    hands.step(rate: bias)
    for _ in 0..<5000 { try procedure.take(hands.readings) }
    #expect(procedure.result == nil && procedure.progress == 0)
  }

  // MARK: - Accelerometer

  private func stand(
    _ hands: inout Hands, _ procedure: inout SixSideProcedure, up: Vector3, _ sensor: inout FaultySensor,
    seconds: Double = 3.2
  ) throws {
    let end = hands.time + seconds
    let force = sensor.reading(up.direction * 9.80665)
    while hands.time < end {
      hands.step(force: force)
      try procedure.take(hands.readings)
    }
  }

  @Test("six sides are recognised in any order, and give offset and scale", arguments: 0..<6)
  func sixSides(_ order: Int) throws {
    var (hands, procedure) = (Hands(), SixSideProcedure(mounting: .aligned))
    var sensor = FaultySensor(seed: UInt64(order), scale: 0.03, cross: 0, offset: 0.5, noise: 0)
    for number in 0..<6 {
      let side = BodySide.allCases[(number * 5 + order) % 6]
      try stand(&hands, &procedure, up: side.direction + sensor.direction() * 0.1, &sensor)
    }
    let found = try #require(procedure.result)
    #expect((found.offset - sensor.offset).length < 0.02)
    #expect(found.matrix.distance(sensor.inverse) < 0.002)
    #expect(found.record.temperature == 31)
  }

  @Test("missing sides are named by the vehicle's own axes, and a side counts once")
  func missingSides() throws {
    // The sensor's x points down in the vehicle, so that its +x side up is the underside up.
    let mounting = SensorMounting(forward: .minusZ, right: .plusY, down: .plusX)
    var (hands, procedure) = (Hands(), SixSideProcedure(mounting: mounting))
    var sensor = FaultySensor(seed: 1, scale: 0.03, cross: 0, offset: 0.5, noise: 0)
    try stand(&hands, &procedure, up: Vector3(1, 0, 0), &sensor)
    #expect(procedure.note == "upside down: taken")
    try stand(&hands, &procedure, up: Vector3(1, 0.1, 0), &sensor)
    #expect(procedure.instruction.contains("1 of 6 poses"))
    try stand(&hands, &procedure, up: Vector3(-1, 0, 0), &sensor)
    // Between two sides: neither.
    try stand(&hands, &procedure, up: Vector3(0, 1, 1), &sensor)
    #expect(procedure.result == nil)
    let refusal = procedure.refusal
    #expect(refusal.reason == .incomplete)
    #expect(
      refusal.text.contains("missing sides: nose up, nose down, on its left side, on its right side)"),
      "\(refusal.text)")
  }

  @Test("a pose is not taken while the vehicle is swung, nor when it is not gravity that is felt")
  func noPose() throws {
    var (hands, procedure) = (Hands(), SixSideProcedure(mounting: .aligned))
    for step in 0..<1000 {
      hands.step(rate: Vector3(sine(Double(step) * 0.05), 0, 0))
      try procedure.take(hands.readings)
    }
    #expect(procedure.progress < 0.1)
    for _ in 0..<1000 {
      hands.step(force: Vector3(0, 0, -20))
      try procedure.take(hands.readings)
    }
    #expect(procedure.instruction.contains("0 of 6 poses"))
    #expect(procedure.note.contains("not gravity"))
  }

  @Test("further poses must differ from those that are taken, and settle what one axis feels of another")
  func furtherPoses() throws {
    var (hands, procedure) = (Hands(), SixSideProcedure(mounting: .aligned, poses: 14))
    var sensor = FaultySensor(seed: 3, scale: 0.03, cross: 0.02, offset: 0.5, noise: 0)
    for side in BodySide.allCases { try stand(&hands, &procedure, up: side.direction, &sensor) }
    #expect(procedure.instruction.contains("8 more"))
    try stand(&hands, &procedure, up: Vector3(1, 0.05, 0), &sensor)
    #expect(procedure.note.contains("too near"))
    for x in [-1.0, 1] {
      for y in [-1.0, 1] {
        for z in [-1.0, 1] { try stand(&hands, &procedure, up: Vector3(x, y, z), &sensor) }
      }
    }
    let found = try #require(procedure.result)
    #expect(found.matrix.distance(sensor.inverse) < 0.002)
    #expect(found.record.count == 14)
  }

  // MARK: - Magnetometer

  @Test("turning every way gives hard and soft iron, and until then the missing directions are named")
  func field() throws {
    var (hands, procedure) = (Hands(), FieldProcedure(mounting: .aligned))
    var sensor = FaultySensor(seed: 11, scale: 0.1, cross: 0.05, offset: 40e-6, noise: 0)
    // On the table first.
    for step in 0..<600 {
      let (s, c) = sineAndCosine(Double(step) * 0.05)
      hands.step(field: sensor.reading(Vector3(20e-6 * c, 20e-6 * s, 45e-6)))
      try procedure.take(hands.readings)
    }
    #expect(procedure.result == nil)
    #expect(procedure.refusal.reason == .incomplete)
    #expect(procedure.note.contains("underside"), "\(procedure.note)")
    #expect(procedure.note.contains("top"))
    for _ in 0..<3000 where procedure.result == nil {
      hands.step(field: sensor.reading(sensor.direction() * 49.24e-6))
      try procedure.take(hands.readings)
    }
    let found = try #require(procedure.result)
    #expect((found.offset - sensor.offset).length < 0.5e-6)
    #expect(abs(found.matrix.determinant - 1) < 1e-9)
  }

  @Test("a vehicle that rests gives no points, however long")
  func resting() throws {
    var (hands, procedure) = (Hands(), FieldProcedure(mounting: .aligned))
    hands.noise = 0.1
    for _ in 0..<5000 {
      hands.step()
      try procedure.take(hands.readings)
    }
    #expect(procedure.refusal.text.contains("hardly turned"))
  }
}
