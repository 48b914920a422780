import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// A converter at the end of its range says so by a fault of its own, and what it gives is not passed off as a reading.
@Suite struct EndOfRangeTests {
  private func board(_ chip: SimulatedChip, at address: UInt8) throws -> SimulatedBoard {
    let board = SimulatedBoard(seed: 11, biasScale: 0)
    try board.attach(chip, name: "chip", address: address)
    return board
  }

  @Test("A shunt of 0.1 Ω where 2 mΩ carry the motors: the voltage stays, the current is not known")
  func shuntOfINA219() throws {
    let board = try board(SimulatedINA219(shuntResistance: 0.1), at: 0x40)
    (board.physics.batteryVoltage, board.physics.batteryCurrent) = (11.1, 15)
    var rig = Rig(board, INA219())
    rig.run(until: 1)
    #expect(rig.faults == [.endOfRange])
    #expect(rig.samples.count >= 8)
    #expect(rig.samples.allSatisfy { $0.current.isNaN && abs($0.voltage - 11.1) < 0.1 })
  }

  @Test("The INA226 has a quarter of that range: 2 A through 0.1 Ω are too many, both ways")
  func shuntOfINA226() throws {
    for current in [2.0, -2.0] {
      let board = try board(SimulatedINA226(shuntResistance: 0.1), at: 0x40)
      (board.physics.batteryVoltage, board.physics.batteryCurrent) = (11.1, current)
      var rig = Rig(board, INA226())
      rig.run(until: 1)
      #expect(rig.faults == [.endOfRange])
      #expect(!rig.samples.isEmpty)
      #expect(rig.samples.allSatisfy { $0.current.isNaN && abs($0.voltage - 11.1) < 0.1 })
    }
  }

  @Test("A current just within the range is a reading like any other")
  func shuntWithinRange() throws {
    let board = try board(SimulatedINA219(shuntResistance: 0.1), at: 0x40)
    (board.physics.batteryVoltage, board.physics.batteryCurrent) = (11.1, 3.19)
    var rig = Rig(board, INA219())
    rig.run(until: 1)
    #expect(rig.faults.isEmpty)
    #expect(rig.samples.allSatisfy { abs($0.current - 3.19) < 0.01 })
  }

  @Test("A battery above what the INA219 measures is at the end of its range, too")
  func busOfINA219() throws {
    let board = try board(SimulatedINA219(shuntResistance: 0.1), at: 0x40)
    (board.physics.batteryVoltage, board.physics.batteryCurrent) = (40, 1)
    var rig = Rig(board, INA219())
    rig.run(until: 1)
    #expect(rig.faults == [.endOfRange])
    #expect(rig.samples.allSatisfy { abs($0.current - 1) < 0.01 })
  }

  @Test("The fault ends a tenth of a second after the last reading at the end")
  func endsAgain() throws {
    let board = try board(SimulatedINA219(shuntResistance: 0.1), at: 0x40)
    (board.physics.batteryVoltage, board.physics.batteryCurrent) = (11.1, 15)
    var rig = Rig(board, INA219())
    rig.run(until: 1)
    board.physics.batteryCurrent = 1
    rig.run(until: 2)
    #expect(rig.faults == [.endOfRange, .none])
    #expect(abs((rig.samples.last?.current ?? .nan) - 1) < 0.01)
  }

  @Test("An inertial chip turned faster, or pushed harder, than it measures", arguments: [false, true])
  func inertial(pushed: Bool) throws {
    let chips: [(SimulatedChip, any SensorDriver<InertialSample>, UInt8)] = [
      (SimulatedMPU6050(), MPU6050(), 0x68), (SimulatedICM20948(), ICM20948(), 0x69),
      (SimulatedICM42688P(), ICM42688P(), 0x68), (SimulatedLSM6DSOX(), LSM6DSOX(), 0x6A),
    ]
    for (chip, driver, address) in chips {
      let board = try board(chip, at: address)
      if pushed { board.physics.specificForce.x = 400 } else { board.physics.angularRate.z = -60 }
      try expectEndOfRange(board, driver, pushed: pushed)
    }
  }

  private func expectEndOfRange(
    _ board: SimulatedBoard, _ driver: some SensorDriver<InertialSample>, pushed: Bool
  ) throws {
    var rig = Rig(board, driver)
    rig.run(until: 1)
    #expect(rig.faults == [.endOfRange], "\(type(of: driver))")
    // What is clipped is still the best there is for an estimator.
    #expect(rig.samples.count > 100, "\(type(of: driver))")
  }

  @Test("An ADS1115 input above its full scale")
  func analog() throws {
    let board = try board(SimulatedADS1115(), at: 0x48)
    board.physics.analogInputs[1] = 9
    var rig = Rig(board, ADS1115())
    rig.run(until: 1)
    #expect(rig.faults == [.endOfRange])
    #expect(rig.samples.last?.clipped == 2)
  }
}
