import Foundation
import HardwareInterfaces
import Testing

@testable import Devices

/// What frames mean, worked out by Tests/Fixtures/devices/make_conversions.py.
struct ConversionVectors: Decodable, Sendable {
  struct Inertial: Decodable, Sendable {
    var chip: String
    var gyro_dps, accel_g: Int
    var frame: [UInt8]
    var acceleration, rate: [Double]
    var temperature: Double
  }

  struct Magnetic: Decodable, Sendable {
    var chip: String
    /// What else the driver reads, or the code of the full scale.
    var trim: [UInt8]
    var frame: [UInt8]
    var field: [Double]
  }

  struct Pressure: Decodable, Sendable {
    var chip: String
    var words: [UInt16]
    var raw_pressure, raw_temperature: UInt32
    var temperature, pressure: Double
  }

  struct Humidity: Decodable, Sendable {
    var first: UInt8
    var trim: [UInt8]
    var raw: UInt16
    var fine, humidity: Double
  }

  struct Differential: Decodable, Sendable {
    var frame: [UInt8]
    var pressure, temperature: Double
  }

  /// The VL53L0X.
  struct TimeOfFlight: Decodable, Sendable {
    struct Timeout: Decodable, Sendable { var periods: UInt32, register: UInt16 }
    struct Budget: Decodable, Sendable { var budget: Int, register: UInt16 }
    struct Rate: Decodable, Sendable { var rate: Double, register: UInt16 }
    struct ReferenceMap: Decodable, Sendable {
      var reference: UInt8
      var good: [UInt8]
      var map: [UInt8]?
    }
    struct Frame: Decodable, Sendable {
      var frame: [UInt8]
      var verdict: String
      var distance: Double
      var valid: Bool
    }

    var timeouts: [Timeout]
    var budgets: [Budget]
    var rates: [Rate]
    var maps: [ReferenceMap]
    var frames: [Frame]
  }

  var inertial: [Inertial]
  var magnetic: [Magnetic]
  var pressure: [Pressure]
  var humidity: [Humidity]
  var time_of_flight: TimeOfFlight
  var differential: [Differential]

  /// The vectors of the fixture.
  static func load() throws -> ConversionVectors {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Fixtures/devices/conversions.json"))
    return try JSONDecoder().decode(ConversionVectors.self, from: data)
  }
}

/// Expects that a driver turns every frame of `chip` into the sample that the script made of it. `before` are the
/// transfers that come before the frame's, and `register` is where it is read.
func expectVectors<Driver: InertialRegisterSensor>(
  of chip: String, at register: UInt8, before: [ScriptedBus.Step] = [],
  _ makeDriver: (InertialUse) -> Driver, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let vectors = try ConversionVectors.load().inertial.filter { $0.chip == chip }
  #expect(vectors.count >= 16, sourceLocation: sourceLocation)
  for vector in vectors {
    var driver = makeDriver(
      InertialUse(
        sensor: SensorUse(address: 0x68, rate: 100), gyroRange: vector.gyro_dps,
        accelerometerRange: vector.accel_g, lowPass: 0))
    var bus = ScriptedBus(before + [.read([register], of: 0x68, vector.frame)])
    let sample = try #require(try driver.sample(&bus, now: .zero), sourceLocation: sourceLocation)
    bus.expectFinished(sourceLocation: sourceLocation)
    let values = [
      sample.accelerationX, sample.accelerationY, sample.accelerationZ, sample.rateX, sample.rateY,
      sample.rateZ, sample.temperature,
    ]
    for (value, expected) in zip(values, vector.acceleration + vector.rate + [vector.temperature]) {
      #expect(abs(Double(value) - expected) <= abs(expected) * 1e-6 + 1e-6, sourceLocation: sourceLocation)
    }
  }
}

/// Expects that a driver turns every frame of `chip` into the field that the script made of it.
func expectVectors<Driver: MagneticRegisterSensor>(
  of chip: String, at register: UInt8, address: UInt8, before: [ScriptedBus.Step] = [],
  _ makeDriver: (ConversionVectors.Magnetic) throws -> Driver,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let vectors = try ConversionVectors.load().magnetic.filter { $0.chip == chip }
  #expect(vectors.count >= 2, sourceLocation: sourceLocation)
  for vector in vectors {
    var driver = try makeDriver(vector)
    var bus = ScriptedBus(before + [.read([register], of: address, vector.frame)])
    let sample = try #require(try driver.sample(&bus, now: .zero), sourceLocation: sourceLocation)
    bus.expectFinished(sourceLocation: sourceLocation)
    for (value, expected) in zip([sample.fieldX, sample.fieldY, sample.fieldZ], vector.field) {
      #expect(abs(Double(value) - expected) <= abs(expected) * 1e-6, sourceLocation: sourceLocation)
    }
  }
}
