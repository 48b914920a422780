import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The VL53L1X's driver against the chip at register level.
@Suite struct VL53L1XSimulatedTests {
  private func board(noise: Double = 1) throws -> SimulatedBoard {
    let board = SimulatedBoard(seed: 5, noiseScale: noise, biasScale: 0)
    try board.attach(SimulatedVL53L1X(), name: "range", address: 0x29)
    return board
  }

  @Test func `samples at the rate of the chip without a fault`() throws {
    let board = try board()
    board.physics.rangeToGround = 1.5
    var rig = Rig(board, VL53L1X())
    rig.run(until: 5)
    #expect(rig.faults == [])
    #expect(rig.samples.count >= 121 && rig.samples.count <= 125)
    #expect(rig.samples.dropFirst().allSatisfy { $0.isValid })
  }

  @Test(arguments: [0.05, 0.5, 1.5, 3.5])
  func `readings scatter about the truth`(_ distance: Double) throws {
    let board = try board()
    board.physics.rangeToGround = distance
    var rig = Rig(board, VL53L1X())
    rig.run(until: 10)
    let distances = rig.samples.map { Double($0.distance) }
    #expect(abs(distances.mean - distance) < 0.002)
    #expect(distances.deviation < 0.005 + 0.003 * distance)
  }

  @Test func `a target out of reach, or none, is not valid, and no fault`() throws {
    let board = try board()
    var options = VL53L1X.Options()
    options.distanceMode = .short
    board.physics.rangeToGround = 2
    var rig = Rig(board, VL53L1X(options: options))
    rig.run(until: 1)
    board.physics.rangeToGround = nil
    rig.run(until: 2)
    #expect(rig.samples.count > 40)
    #expect(rig.samples.allSatisfy { !$0.isValid })
    #expect(rig.faults == [])
  }

  @Test func `the first measurement, not yet checked for a wrapped target, is not valid`() throws {
    let board = try board()
    board.physics.rangeToGround = 1
    var rig = Rig(board, VL53L1X())
    rig.run(until: 1)
    #expect(rig.samples.first?.isValid == false)
    #expect(rig.samples.dropFirst().first?.isValid == true)
  }

  @Test func `a longer timing budget lengthens the period when it has to`() throws {
    var options = VL53L1X.Options()
    options.timingBudget = 100_000
    let board = try board()
    var rig = Rig(board, VL53L1X(options: options))
    rig.run(until: 2)
    #expect(rig.samples.count >= 18 && rig.samples.count <= 20)
    #expect(options.maximumRate == 10)
  }
}

/// The INA219's driver against the chip at register level.
@Suite struct INA219SimulatedTests {
  private func rig(_ shunt: Double = 0.002, fault: FaultInjection? = nil) throws -> Rig<INA219> {
    let board = SimulatedBoard(seed: 9, biasScale: 0)
    try board.attach(SimulatedINA219(shuntResistance: shunt), name: "power", address: 0x41)
    if let fault { try board.inject(fault) }
    var options = INA219.Options()
    options.address = 0x41
    options.shuntResistance = Float(shunt)
    return Rig(board, INA219(options: options))
  }

  @Test func `readings scatter about the truth within the converters' steps`() throws {
    var rig = try rig()
    rig.board.physics.batteryVoltage = 11.1
    rig.board.physics.batteryCurrent = 14
    rig.run(until: 10)
    #expect(rig.faults == [])
    #expect(rig.samples.count == 100)
    #expect(abs(rig.samples.map { Double($0.voltage) }.mean - 11.1) < 0.002)
    let currents = rig.samples.map { Double($0.current) }
    #expect(abs(currents.mean - 14) < 0.003)
    #expect(currents.deviation < 0.006)
  }

  @Test func `current flows both ways`() throws {
    var rig = try rig(0.1)
    rig.board.physics.batteryCurrent = -1.25
    rig.run(until: 1)
    let last = try #require(rig.samples.last)
    #expect(abs(last.current + 1.25) < 0.001)
  }
}
