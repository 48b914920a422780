import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// Polls a driver through two seconds of health, two of a fault of its chip, and two to recover.
func runThroughFault<Driver: SensorDriver>(
  _ chip: SimulatedChip, _ driver: Driver, at address: UInt8, _ kind: FaultKind,
  behind carrier: SimulatedChip? = nil
) throws -> Rig<Driver> where Driver.Sample: Equatable {
  let board = SimulatedBoard(seed: 11, biasScale: 0)
  board.physics.rangeToGround = 1
  try board.attach(chip, name: "chip", address: address)
  chip.carrier = carrier
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

/// What goes wrong on a bus rather than in a chip, by what a driver reports of it.
let busErrors: [(BusError, DeviceFault)] = [
  (.timeout(address: 0), .transfer), (.dataNotAcknowledged(address: 0), .transfer),
  (.arbitrationLost(address: 0), .transfer), (.shortRead(address: 0, expected: 6, received: 2), .transfer),
  (.busGone, .transfer), (.noDevice(address: 0), .missing),
]

/// Expects that a driver reports each error of the bus while it lasts, also when it strikes only now and then, and
/// works again afterwards.
func expectBearsBusErrors<Driver: SensorDriver>(
  _ makeChip: () -> SimulatedChip, _ driver: Driver, at address: UInt8, perSecond rate: Int,
  behind carrier: SimulatedChip? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws where Driver.Sample: Equatable {
  for (error, fault) in busErrors {
    for every in [1, 3] {
      let board = SimulatedBoard(seed: 5, biasScale: 0)
      let chip = try board.attach(makeChip(), name: "chip", address: address)
      chip.carrier = carrier
      var rig = Rig(board, driver)
      rig.run(until: 1)
      #expect(rig.faults == [], sourceLocation: sourceLocation)
      rig.bus.failure = (error, every)
      rig.run(until: 1.5)
      #expect(rig.faults.contains(fault), "\(error) every \(every)", sourceLocation: sourceLocation)
      rig.bus.failure = nil
      rig.run(until: 3)
      #expect(rig.faults.last == DeviceFault.none, "\(error) every \(every)", sourceLocation: sourceLocation)
      let count = rig.samples(from: 2, until: 3).count
      #expect(count >= rate * 9 / 10, "\(count) after \(error)", sourceLocation: sourceLocation)
    }
  }
}
