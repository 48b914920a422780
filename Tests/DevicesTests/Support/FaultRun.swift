import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// Polls a driver through two seconds of health, two of a fault of its chip, and two to recover.
func runThroughFault<Driver: SensorDriver>(
  _ chip: SimulatedChip, _ driver: Driver, at address: UInt8, _ kind: FaultKind
) throws -> Rig<Driver> where Driver.Sample: Equatable {
  let board = SimulatedBoard(seed: 11, biasScale: 0)
  board.physics.rangeToGround = 1
  try board.attach(chip, name: "chip", address: address)
  try board.inject(FaultInjection(target: "chip", kind: kind, start: 2, duration: 2))
  var rig = Rig(board, driver)
  rig.run(until: 1.999)
  #expect(rig.faults == [], "before the fault")
  rig.run(until: 6)
  return rig
}

/// Expects one of `expected` among the faults, no fault at the end, and samples in the last second.
func expectRecovery<Driver: SensorDriver>(
  _ rig: borrowing Rig<Driver>, reported expected: Set<DeviceFault>, perSecond rate: Int,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let faults = rig.faults
  #expect(!expected.isDisjoint(with: faults), "reported \(faults)", sourceLocation: sourceLocation)
  #expect(faults.last == DeviceFault.none, sourceLocation: sourceLocation)
  let count = rig.samples(from: 5, until: 6).count
  #expect(count >= rate * 9 / 10, sourceLocation: sourceLocation)
}
