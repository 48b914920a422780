import HardwareInterfaces
import Signals
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// What an owner is told about a chip that is missing or another than the configuration says.
@Suite struct SensorComplaintsTests {
  private func complaints(
    _ faults: [String: DeviceFault], _ identities: [String: UInt8] = [:],
    after change: (String, String) = ("", "")
  ) throws -> [String] {
    var text = try quadrotorText()
    if !change.0.isEmpty {
      #expect(text.contains(change.0))
      text = text.replacing(change.0, with: change.1)
    }
    let configuration = try Configuration.load(text: text, directory: nil)
    let table = try configuration.deviceTable()
    let memory = FrameMemory(table)
    for (device, fault) in faults {
      table.put(Double(fault.rawValue), as: "\(device).fault", in: memory.frame)
    }
    return configuration.devices.complaints(about: FrameView(table, memory.frame), identities: identities)
  }

  @Test func `a clone is named, with the line that accepts it`() throws {
    let complaints = try complaints(["imu": .wrongIdentity], ["imu": 0x98])
    #expect(
      complaints == [
        "sensors.imu: the chip at 0x68 says it is 0x98 (likely ICM-20689, or a clone of the MPU-6050 with its "
          + "identity), expected 0x68 for the mpu6050; to take it as mpu6050, knowingly, write "
          + "accept_identities: [0x68, 0x98]"
      ])
  }

  @Test func `a chip with a driver of its own is named with it`() throws {
    let complaints = try complaints(["imu": .wrongIdentity], ["imu": 0x47])
    #expect(
      complaints == [
        "sensors.imu: the chip at 0x68 says it is 0x47 (likely ICM-42688-P, which has other registers), expected "
          + "0x68 for the mpu6050; it has a driver of its own: chip: \"icm42688p\""
      ])
  }

  @Test(arguments: [("vl53l1x", "vl53l0x", 0xEE, 0xEA), ("vl53l0x", "vl53l1x", 0xEA, 0xEE)])
  func `a VL53L0X and a VL53L1X that were confused are told apart, with the name to write`(
    _ configured: String, _ present: String, _ seen: UInt8, _ expected: UInt8
  ) throws {
    let complaints = try complaints(
      ["range": .wrongIdentity], ["range": seen],
      after: ("chip: \"vl53l1x\"", "chip: \"\(configured)\""))
    #expect(
      complaints == [
        "sensors.range: the chip at 0x29 says it is \(hexadecimal(seen)) (likely \(present.uppercased()), which has "
          + "other registers), expected \(hexadecimal(expected)) for the \(configured); it has a driver of its own: "
          + "chip: \"\(present)\""
      ])
  }

  @Test func `an unknown identity is shown, with the line that accepts it`() throws {
    let complaints = try complaints(["barometer": .wrongIdentity], ["barometer": 0x99])
    #expect(complaints.count == 1)
    #expect(complaints[0].contains("says it is 0x99 (an unknown part), expected 0x58, 0x60 for the bmp280"))
    #expect(complaints[0].hasSuffix("accept_identities: [0x58, 0x60, 0x99]"))
  }

  @Test func `a missing HMC5883L is told where a QMC5883L would be`() throws {
    let complaints = try complaints(
      ["magnetometer": .missing],
      after: (
        "barometer: {",
        "magnetometer: { chip: \"hmc5883l\", bus: \"sensors\", rate_hz: 50 }, barometer: {"
      ))
    #expect(complaints.count == 1)
    #expect(
      complaints[0].hasPrefix("sensors.magnetometer: nothing answers at 0x1E, where the hmc5883l should be;"))
    #expect(complaints[0].contains("QMC5883L, which answers at 0x0D (chip: \"qmc5883l\")"))
  }

  @Test(arguments: ["ina219", "ina226"]) func `a battery monitor that is missing or another is told`(
    _ chip: String
  ) throws {
    let change = ("chip: \"ina219\"", "chip: \"\(chip)\"")
    #expect(
      try complaints(["power": .missing], after: change)
        == ["sensors.power: nothing answers at 0x41, where the \(chip) should be"])
    #expect(
      try complaints(["power": .wrongIdentity], after: change)
        == ["sensors.power: what answers at 0x41 does not behave as the \(chip) does"])
  }

  @Test func `other faults are no matter of what the chip is`() throws {
    let complaints = try complaints(["imu": .transfer, "barometer": .frozenData], ["imu": 0x98])
    #expect(complaints == [])
  }
}
