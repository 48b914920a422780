import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// Every fault of every sensor: what its driver reports, and that it works again afterwards.
///
/// Each run: two seconds of health, the fault for two, two seconds to recover.
@Suite struct FaultTests {
  private static let mpu6050Faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]),
    (.garbage, [.implausibleData, .wrongRegister]),
    (.slow, [.notReady]), (.nack, [.transfer]), (.wrongIdentity, [.wrongIdentity]),
    (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: mpu6050Faults) func `MPU-6050 reports the fault and recovers`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedMPU6050(), MPU6050(), at: 0x68, kind), reported: expected, perSecond: 500)
  }

  private static let bmp280Faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]), (.garbage, [.wrongRegister]),
    (.slow, [.notReady]), (.nack, [.transfer]), (.wrongIdentity, [.wrongIdentity]),
    (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: bmp280Faults) func `BMP280 reports the fault and recovers`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedBMP280(), BMP280(), at: 0x76, kind), reported: expected, perSecond: 25)
  }

  private static let bmp388Faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]),
    (.garbage, [.implausibleData, .selfReported, .wrongRegister]),
    (.slow, [.notReady]), (.nack, [.transfer]), (.wrongIdentity, [.wrongIdentity]),
    (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: bmp388Faults) func `BMP388 reports the fault and recovers`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedBMP388(), BMP388(), at: 0x76, kind), reported: expected, perSecond: 25)
  }

  private static let vl53l1xFaults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]),
    (.garbage, [.wrongRegister, .wrongIdentity]),
    (.slow, [.notReady]), (.nack, [.transfer]), (.wrongIdentity, [.wrongIdentity]),
    (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: vl53l1xFaults) func `VL53L1X reports the fault and recovers`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedVL53L1X(), VL53L1X(), at: 0x29, kind), reported: expected, perSecond: 23)
  }

  private static let vl53l0xFaults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]),
    (.garbage, [.wrongRegister, .wrongIdentity]),
    (.slow, [.notReady]), (.nack, [.transfer]), (.wrongIdentity, [.wrongIdentity]),
    (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: vl53l0xFaults) func `VL53L0X reports the fault and recovers`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedVL53L0X(), VL53L0X(), at: 0x29, kind), reported: expected, perSecond: 23)
  }

  // A conversion ten times as long, 85 ms, still ends within the 100 ms between two samples: no fault.
  private static let ina219Faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]), (.garbage, [.wrongRegister]),
    (.nack, [.transfer]), (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: ina219Faults) func `INA219 reports the fault and recovers`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedINA219(), INA219(), at: 0x40, kind), reported: expected, perSecond: 10)
  }

  @Test func `a biased chip is no fault of the device: its readings are off`() throws {
    let rig = try runThroughFault(SimulatedMPU6050(), MPU6050(), at: 0x68, .bias)
    #expect(rig.faults == [])
    let before = rig.samples(from: 1, until: 2).map { Double($0.rateX) }.mean
    let during = rig.samples(from: 2.1, until: 4).map { Double($0.rateX) }.mean
    #expect(abs(during - before - 0.35) < 0.01)
  }

  @Test func `a frozen gyroscope gives few old readings before it is noticed`() throws {
    let rig = try runThroughFault(SimulatedMPU6050(), MPU6050(), at: 0x68, .stuck)
    // At 500 Hz the chip's own flag tells the first repetition, so nothing old is passed on.
    #expect(rig.samples(from: 2.003, until: 4).count == 0)
  }

  @Test func `garbage gives few readings before the chip is given up`() throws {
    let rig = try runThroughFault(SimulatedMPU6050(), MPU6050(), at: 0x68, .garbage)
    #expect(rig.samples(from: 2.003, until: 4).count <= 3)
  }

  @Test func `a brown-out of the gyroscope is over within a quarter of a second`() throws {
    let rig = try runThroughFault(SimulatedMPU6050(), MPU6050(), at: 0x68, .brownOut)
    #expect(rig.samples(from: 2.25, until: 3).count > 370)
  }
}
