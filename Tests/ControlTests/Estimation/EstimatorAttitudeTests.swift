import HardwareInterfaces
import PortableMath
import Testing

@Suite("Attitude estimate")
struct EstimatorAttitudeTests {
  @Test("starts with the tilt that gravity shows and the bias that the standing gyroscope shows")
  func start() throws {
    var feed = try EstimatorFeed()
    feed.gyroBias = Vector3(0.1, -0.2, 0.05)
    feed.stand(attitude: Quaternion(roll: degrees(5), pitch: degrees(-3), yaw: 0))
    #expect(feed.health.attitudeValid && feed.health.isStill)
    #expect(abs(Double(feed.estimate.roll) - degrees(5)) < 1e-4)
    #expect(abs(Double(feed.estimate.pitch) - degrees(-3)) < 1e-4)
    #expect(
      abs(feed.estimate.rateX) < 1e-5 && abs(feed.estimate.rateY) < 1e-5 && abs(feed.estimate.rateZ) < 1e-5)
    #expect(abs(feed.health.gyroBias.y + 0.2) < 1e-5)
  }

  @Test("is not valid before the vehicle has stood still")
  func notBefore() throws {
    var feed = try EstimatorFeed()
    for _ in 0..<100 { feed.tick() }
    #expect(!feed.health.attitudeValid && !feed.health.altitudeValid)
    for _ in 0..<50 { feed.tick() }
    #expect(feed.health.attitudeValid)
  }

  @Test("starts from gravity alone when the vehicle never stands still, and learns the bias when it does")
  func patience() throws {
    var feed = try EstimatorFeed()
    feed.gyroBias = Vector3(0.15, 0, 0)
    for i in 0..<600 {
      let shake = 0.3 * sine(Double(i) * 0.004 * 20)
      feed.tick(rate: Vector3(0, 20 * 0.015 * cosine(Double(i) * 0.08), shake))
    }
    #expect(!feed.health.attitudeValid)
    for i in 600..<800 { feed.tick(rate: Vector3(0, 0, 0.3 * sine(Double(i) * 0.08))) }
    #expect(feed.health.attitudeValid && !feed.health.isStill)
    #expect(abs(feed.estimate.roll) < 0.05)
    feed.stand(seconds: 1)
    #expect(abs(feed.estimate.rateX) < 0.005)
  }

  @Test("follows rotation through irregular intervals and gaps of 62 ms")
  func irregular() throws {
    var feed = try EstimatorFeed()
    feed.stand()
    feed.armed = true
    var random = RandomGenerator(seed: 1)
    var worst = 0.0
    var t = 0.0
    for i in 0..<4000 {
      let seconds = i % 200 == 199 ? 0.062 : random.nextUniform(0.002, 0.006)
      t += seconds
      // Roll = 20° sin 2t, a rotation about x alone.
      let roll = degrees(20) * sine(2 * t)
      let rate = degrees(20) * 2 * cosine(2 * t)
      feed.tick(
        attitude: Quaternion(roll: roll, pitch: 0, yaw: 0), rate: Vector3(rate, 0, 0), seconds: seconds)
      worst = max(worst, abs(Double(feed.estimate.roll) - roll))
    }
    #expect(worst < degrees(0.3))
  }

  @Test("follows a motion about all three axes")
  func threeAxes() throws {
    var feed = try EstimatorFeed()
    feed.stand()
    feed.armed = true
    var attitude = Quaternion.identity
    for i in 0..<5000 {
      let t = Double(i) * 0.004
      let rate = Vector3(0.8 * sine(1.3 * t), 0.7 * cosine(0.9 * t), 0.5)
      // The truth in ten times finer steps.
      for k in 0..<10 {
        let u = t + (Double(k) - 9.5) * 0.0004
        attitude = attitude.integrated(
          rate: Vector3(0.8 * sine(1.3 * u), 0.7 * cosine(0.9 * u), 0.5), seconds: 0.0004)
      }
      feed.tick(attitude: attitude, rate: rate)
    }
    let q = feed.estimate.quaternion
    let estimated = Quaternion(Double(q[0]), Double(q[1]), Double(q[2]), Double(q[3]))
    let error = attitude.conjugate * estimated
    #expect(2 * Vector3(error.x, error.y, error.z).length < degrees(0.2))
  }

  @Test("in flight, two seconds of sideways acceleration move the attitude by less than half a degree")
  func accelerationInFlight() throws {
    func error(armed: Bool) throws -> Double {
      var feed = try EstimatorFeed()
      feed.stand()
      feed.armed = armed
      // As when tilted by 8° without drag: the force stays along the body's z axis of a level vehicle.
      for _ in 0..<500 { feed.tick(acceleration: Vector3(0, 1.378, 0)) }
      return abs(Double(feed.estimate.roll))
    }
    #expect(try error(armed: true) < degrees(0.5))
    // Disarmed, gravity is trusted: the same makes degrees.
    #expect(try error(armed: false) > degrees(2))
  }

  @Test("gravity removes an error of attitude within seconds while disarmed")
  func convergence() throws {
    var feed = try EstimatorFeed()
    feed.stand()
    // Turned without the gyroscope's knowledge.
    let attitude = Quaternion(roll: degrees(10), pitch: 0, yaw: 0)
    for _ in 0..<5000 { feed.tick(attitude: attitude) }
    #expect(abs(Double(feed.estimate.roll) - degrees(10)) < degrees(1))
  }

  @Test("a force far from gravity does not count")
  func gate() throws {
    var feed = try EstimatorFeed()
    feed.stand()
    for _ in 0..<250 { feed.tick(acceleration: Vector3(6, 0, -6)) }
    #expect(abs(feed.estimate.pitch) < 1e-4)
  }

  @Test("readings that no sensor can mean are ignored, and the attitude goes invalid when nothing else comes")
  func nonsense() throws {
    for value in [Float.nan, .infinity, 1e30, -1e5] {
      var feed = try EstimatorFeed()
      feed.stand()
      let before = feed.estimate
      for _ in 0..<20 {
        feed.input.inertial.count += 1
        feed.input.inertial.sample.rateX = value
        feed.silentTick()
      }
      #expect(feed.estimate == before)
      #expect(feed.health.attitudeValid)
      for _ in 0..<10 { feed.silentTick() }
      #expect(!feed.health.attitudeValid && !feed.health.altitudeValid)
      feed.tick()
      #expect(feed.health.attitudeValid)
    }
  }

  @Test("an inertial unit that falls silent makes the attitude invalid after its lifetime")
  func stale() throws {
    var feed = try EstimatorFeed()
    feed.stand()
    for _ in 0..<24 { feed.silentTick() }
    #expect(feed.health.attitudeValid)
    for _ in 0..<2 { feed.silentTick() }
    #expect(!feed.health.attitudeValid)
  }

  @Test("a slow steady turn after the start is not learnt as bias")
  func slowTurn() throws {
    var feed = try EstimatorFeed()
    feed.stand()
    for i in 0..<500 {
      feed.tick(
        attitude: Quaternion(roll: 0, pitch: 0, yaw: 0.06 * Double(i) * 0.004), rate: Vector3(0, 0, 0.06))
    }
    #expect(abs(feed.health.gyroBias.z) < 1e-3)
  }

  @Test("whatever comes, every number of the estimate stays finite")
  func fuzz() throws {
    var random = RandomGenerator(seed: 99)
    let values: [Float] = [
      0, -0, 1, -1, 9.8, 199, 999, 1e-30, 1e30, .nan, .infinity, -.infinity, 101_325, 3e5,
    ]
    func pick() -> Float {
      random.nextBits() % 4 == 0
        ? values[Int(random.nextBits() % UInt64(values.count))] : Float(random.nextUniform(-30, 30))
    }
    for _ in 0..<20 {
      var feed = try EstimatorFeed()
      if random.nextBits() % 2 == 0 { feed.stand() }
      for _ in 0..<1000 {
        feed.input.time = MonotonicTime(
          nanoseconds: feed.input.time.nanoseconds &+ Int64(bitPattern: random.nextBits())
            >> Int64(random.nextBits() % 60))
        for _ in 0..<2 {
          let kind = random.nextBits() % 4
          if kind == 0 {
            feed.input.inertial.sample = InertialSample(
              acceleration: (pick(), pick(), pick()), rate: (pick(), pick(), pick()), temperature: pick())
            feed.input.inertial.count &+= UInt32(random.nextBits() % 3)
            feed.input.inertial.time = feed.input.time
          } else if kind == 1 {
            feed.input.range.sample = RangeSample(distance: pick(), isValid: random.nextBits() % 4 != 0)
            feed.input.range.count &+= 1
            feed.input.range.time = feed.input.time
          } else if kind == 2 {
            feed.input.pressure.sample = PressureSample(pressure: abs(pick()) * 5000, temperature: pick())
            feed.input.pressure.count &+= 1
            feed.input.pressure.time = feed.input.time
          } else {
            feed.input.power.sample = PowerSample(voltage: pick(), current: pick())
            feed.input.power.count &+= 1
          }
        }
        feed.armed = random.nextBits() % 8 == 0
        feed.silentTick()
        let e = feed.estimate
        let sum =
          e.roll + e.pitch + e.yaw + e.rateX + e.rateY + e.rateZ + e.altitude + e.climbRate + e.voltage
          + e.accelerationZ + e.quaternion[0]
        #expect(sum.isFinite)
      }
    }
  }

  @Test("the block says to the bit what its estimator finds")
  func block() throws {
    var feed = try EstimatorFeed()
    feed.gyroBias = Vector3(0.02, 0, -0.01)
    feed.stand(attitude: Quaternion(roll: degrees(4), pitch: 0, yaw: 0))
    feed.armed = true
    for i in 0..<500 { feed.tick(rate: Vector3(0.3 * sine(Double(i) * 0.01), 0.1, -0.2)) }
    let angles = feed.attitude.eulerAngles
    let estimate = feed.estimate
    #expect(estimate.roll == Float(angles.roll) && estimate.pitch == Float(angles.pitch))
    #expect(estimate.yaw == Float(angles.yaw) && feed.health.isBiasKnown)
    #expect(estimate.rateY == Float(Double(feed.input.inertial.sample.rateY) - feed.health.gyroBias.y))
  }
}
