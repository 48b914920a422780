import HardwareInterfaces
import PortableMath
import Testing

@Suite("Altitude estimate")
struct EstimatorAltitudeTests {
  /// Standing, then armed, then up to 1.5 m in 3 s, and there for `hover` s.
  static func hovering(_ feed: inout EstimatorFeed, hover: Double = 3) {
    feed.stand()
    feed.armed = true
    feed.climb(from: 0, climbRate: 0, acceleration: 0.5, seconds: 1)
    feed.climb(from: 0.25, climbRate: 0.5, seconds: 2)
    feed.climb(from: 1.25, climbRate: 0.5, acceleration: -0.5, seconds: 1)
    feed.climb(from: 1.5, climbRate: 0, seconds: hover)
  }

  @Test("altitude is 0 where the vehicle stands, however high its range finder and whatever the weather")
  func zero() throws {
    var feed = try EstimatorFeed()
    feed.mountHeight = 0.3
    feed.pressureBias = -2500
    feed.stand()
    #expect(abs(feed.estimate.altitude) < 0.002)
    let health = feed.health
    #expect(health.altitudeValid && health.rangeIsLive && health.barometerIsLive)
  }

  @Test("follows a climb within 2 cm and 3 cm/s, with an accelerometer that reads 0.3 m/s2 too much")
  func climb() throws {
    var feed = try EstimatorFeed()
    feed.forceBias = Vector3(0, 0, 0.3)
    feed.stand()
    feed.armed = true
    feed.climb(from: 0, climbRate: 0, acceleration: 0.5, seconds: 1)
    #expect(abs(feed.estimate.altitude - 0.25) < 0.02 && abs(feed.estimate.climbRate - 0.5) < 0.03)
    feed.climb(from: 0.25, climbRate: 0.5, seconds: 2)
    #expect(abs(feed.estimate.altitude - 1.25) < 0.02 && abs(feed.estimate.climbRate - 0.5) < 0.03)
  }

  @Test("learns in flight what the accelerometer reads too much")
  func biasInFlight() throws {
    var feed = try EstimatorFeed()
    Self.hovering(&feed)
    feed.forceBias = Vector3(0, 0, -0.4)
    feed.climb(from: 1.5, climbRate: 0, seconds: 6)
    #expect(abs(feed.estimate.altitude - 1.5) < 0.01 && abs(feed.estimate.climbRate) < 0.02)
  }

  @Test("tilt does not look like altitude")
  func tilted() throws {
    var feed = try EstimatorFeed()
    Self.hovering(&feed)
    // Tilted by 15° in half a second, then held there.
    for i in 1...1000 {
      let roll = degrees(15) * min(1, Double(i) / 125)
      feed.tick(
        attitude: Quaternion(roll: roll, pitch: 0, yaw: 0), rate: Vector3(i <= 125 ? degrees(30) : 0, 0, 0),
        altitude: 1.5)
    }
    #expect(abs(feed.estimate.altitude - 1.5) < 0.02)
  }

  @Test("losing the range changes to the barometer without a jump, although its zero has drifted by a metre")
  func rangeLost() throws {
    var feed = try EstimatorFeed()
    Self.hovering(&feed, hover: 1)
    for _ in 0..<5000 {
      feed.pressureBias += 12.0 / 5000
      feed.tick(altitude: 1.5)
    }
    let before = feed.estimate.altitude
    feed.rangeIsValid = false
    var largest: Float = 0
    for _ in 0..<1000 {
      feed.tick(altitude: 1.5)
      largest = max(largest, abs(feed.estimate.altitude - before))
    }
    #expect(!feed.health.rangeIsLive)
    #expect(feed.health.altitudeValid && feed.health.barometerIsLive)
    #expect(largest < 0.25)
  }

  @Test("follows a descent by barometer alone")
  func barometerOnly() throws {
    var feed = try EstimatorFeed()
    feed.hasRange = false
    Self.hovering(&feed, hover: 5)
    #expect(abs(feed.estimate.altitude - 1.5) < 0.1)
    feed.climb(from: 1.5, climbRate: 0, acceleration: -0.25, seconds: 2)
    feed.climb(from: 1, climbRate: -0.5, acceleration: 0.25, seconds: 2)
    feed.climb(from: 0.5, climbRate: 0, seconds: 3)
    #expect(abs(feed.estimate.altitude - 0.5) < 0.1 && abs(feed.estimate.climbRate) < 0.1)
    #expect(!feed.health.rangeIsLive && feed.health.altitudeValid)
  }

  @Test("flies by range alone")
  func rangeOnly() throws {
    var feed = try EstimatorFeed()
    feed.hasPressure = false
    Self.hovering(&feed)
    #expect(abs(feed.estimate.altitude - 1.5) < 0.02)
    #expect(feed.health.altitudeValid && !feed.health.barometerIsLive)
  }

  @Test("without both, altitude is never valid; attitude is")
  func neither() throws {
    var feed = try EstimatorFeed()
    (feed.hasRange, feed.hasPressure) = (false, false)
    feed.stand()
    #expect(feed.health.attitudeValid && !feed.health.altitudeValid)
  }

  @Test("both falling silent makes the altitude invalid after their lifetimes")
  func silence() throws {
    var feed = try EstimatorFeed()
    Self.hovering(&feed)
    (feed.hasRange, feed.hasPressure) = (false, false)
    for _ in 0..<70 { feed.tick(altitude: 1.5) }
    #expect(!feed.health.rangeIsLive && feed.health.altitudeValid)
    for _ in 0..<70 { feed.tick(altitude: 1.5) }
    #expect(!feed.health.altitudeValid)
  }

  @Test("an object that passes below does not move the altitude; ground that stays does")
  func outliers() throws {
    var feed = try EstimatorFeed()
    Self.hovering(&feed)
    feed.mountHeight -= 1
    for _ in 0..<50 { feed.tick(altitude: 1.5) }
    #expect(abs(feed.estimate.altitude - 1.5) < 0.02)
    feed.mountHeight += 1
    for _ in 0..<50 { feed.tick(altitude: 1.5) }
    #expect(abs(feed.estimate.altitude - 1.5) < 0.02)
    feed.mountHeight -= 1
    for _ in 0..<500 { feed.tick(altitude: 1.5) }
    #expect(abs(feed.estimate.altitude - 0.5) < 0.05)
  }

  @Test("a barometer that first speaks in flight takes the altitude it finds")
  func lateBarometer() throws {
    var feed = try EstimatorFeed()
    feed.hasPressure = false
    Self.hovering(&feed)
    feed.hasPressure = true
    feed.climb(from: 1.5, climbRate: 0, seconds: 4)
    feed.rangeIsValid = false
    feed.climb(from: 1.5, climbRate: 0, seconds: 4)
    #expect(abs(feed.estimate.altitude - 1.5) < 0.1 && feed.health.altitudeValid)
  }

  @Test("standing somewhere else while disarmed makes that place altitude 0")
  func newPlace() throws {
    var feed = try EstimatorFeed()
    Self.hovering(&feed, hover: 1)
    feed.armed = false
    feed.climb(from: 1.5, climbRate: 0, seconds: 1.5)
    #expect(abs(feed.estimate.altitude) < 0.01)
  }

  @Test("an impossible pressure is no pressure")
  func impossiblePressure() throws {
    for pressure in [Float(0), -1, .nan, .infinity, 1e9] {
      var feed = try EstimatorFeed()
      feed.hasRange = false
      feed.stand()
      let before = feed.estimate.altitude
      for _ in 0..<200 {
        feed.hasPressure = false
        feed.input.pressure.sample.pressure = pressure
        feed.input.pressure.count += 1
        feed.input.pressure.time = feed.input.time
        feed.tick()
      }
      #expect(abs(feed.estimate.altitude - before) < 0.01)
      #expect(!feed.health.barometerIsLive)
    }
  }

  @Test("reports the battery's voltage as last measured")
  func voltage() throws {
    var feed = try EstimatorFeed()
    feed.tick()
    #expect(feed.estimate.voltage == 0)
    feed.input.power.take(PowerSample(voltage: 11.1, current: 3), at: feed.input.time)
    feed.tick()
    #expect(feed.estimate.voltage == 11.1)
    feed.input.power.sample.voltage = .nan
    feed.input.power.count = 2
    feed.tick()
    #expect(feed.estimate.voltage == 11.1)
  }
}
