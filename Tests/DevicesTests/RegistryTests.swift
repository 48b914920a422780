import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The tables of drivers and of simulated chips.
@Suite struct RegistryTests {
  @Test func `every driver has a simulated twin, and every simulated chip a driver`() {
    #expect(Set(SensorTable.facts.map(\.name)) == Set(SimulatedChips.names))
    #expect(SensorTable.facts.count == SimulatedChips.names.count)
    for name in SimulatedChips.names { #expect(SimulatedChips.make(name) != nil) }
    #expect(SimulatedChips.make("mpu") == nil)
  }

  @Test(arguments: SensorTable.facts.map(\.name)) func `what is known of a chip is sound`(_ name: String)
    throws
  {
    let facts = try #require(SensorTable.facts.first { $0.name == name })
    #expect(facts.addresses == facts.addresses.sorted() && !facts.addresses.isEmpty)
    #expect(facts.addresses.allSatisfy { (0x08...0x77).contains($0) })
    if let standard = facts.standardAddress { #expect(facts.addresses.contains(standard)) }
    #expect(facts.maximumRate >= 10)
    if let identity = facts.identity {
      #expect((1...2).contains(identity.register.count) && !identity.values.isEmpty)
      for value in identity.values { #expect(identity.likelyPart(value) != nil) }
    }
    if let ranges = facts.inertial {
      #expect(ranges.gyro.contains(ranges.standard.gyro))
      #expect(ranges.accelerometer.contains(ranges.standard.accelerometer))
      #expect(ranges.lowPass.contains(ranges.standard.lowPass))
    }
  }

  @Test(arguments: SensorTable.inertial.map(\.name))
  func `an inertial driver takes the settings of its use`(_ name: String) throws {
    let chip = try #require(SensorTable.inertial.first { $0.name == name })
    let ranges = try #require(chip.facts.inertial)
    let identity = try #require(chip.facts.identity)
    let address = try #require(chip.facts.addresses.last)
    // A rate beyond every full scale comes out as the full scale, so the setting arrived; ST's reach 15 % further.
    for gyro in ranges.gyro {
      let board = SimulatedBoard(seed: 1, biasScale: 0)
      try board.attach(try #require(SimulatedChips.make(name)), name: "imu", address: address)
      board.physics.angularRate.x = 100
      var driver = chip.makeDriver(
        InertialUse(
          sensor: SensorUse(address: address, rate: 100, acceptedIdentities: identity.values),
          gyroRange: gyro, accelerometerRange: ranges.standard.accelerometer, lowPass: ranges.standard.lowPass
        ))
      var bus = board.bus()
      var next = MonotonicTime.zero
      var sample: InertialSample?
      while next.seconds < 0.5 {
        board.advance(to: next)
        let poll = driver.poll(&bus, now: next)
        sample = poll.sample ?? sample
        next = max(poll.next, next)
      }
      let rate = try #require(sample).rateX
      let ratio = rate / (Float(gyro) * Float.pi / 180)
      #expect(ratio > 0.9998 && ratio < 1.15)
    }
  }
}
