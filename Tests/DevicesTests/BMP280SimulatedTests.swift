import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing

@testable import Devices

/// The BMP280's driver against the chip at register level.
@Suite struct BMP280SimulatedTests {
  private func board(_ chip: SimulatedBMP280 = SimulatedBMP280(), noise: Double = 1) throws -> SimulatedBoard
  {
    let board = SimulatedBoard(seed: 3, noiseScale: noise, biasScale: 0)
    try board.attach(chip, name: "barometer", address: 0x76)
    return board
  }

  @Test func `samples at its rate without a fault`() throws {
    var rig = Rig(try board(), BMP280())
    rig.run(until: 5)
    #expect(rig.faults == [])
    // Five seconds at 25 Hz, less the start and the rare reading that equals the one before.
    #expect(rig.samples.count > 115 && rig.samples.count <= 125)
  }

  @Test(arguments: [(30_500.0, -30.0), (85_000.0, 5.0), (101_325.0, 25.0), (108_000.0, 60.0)])
  func `readings scatter about the truth as the datasheet says`(_ pressure: Double, _ temperature: Double)
    throws
  {
    let board = try board()
    board.physics.pressure = pressure
    board.physics.temperature = temperature
    var rig = Rig(board, BMP280())
    rig.run(until: 20)
    let pressures = rig.samples.map { Double($0.pressure) }
    #expect(abs(pressures.mean - pressure) < 0.5)
    #expect(pressures.deviation > 1.7 && pressures.deviation < 2.5)
    #expect(abs(rig.samples.map { Double($0.temperature) }.mean - temperature) < 0.01)
  }

  @Test func `the barometer of a BME280 is taken, and named`() throws {
    var rig = Rig(try board(SimulatedBMP280(identity: 0x60)), BMP280())
    rig.run(until: 1)
    #expect(rig.faults == [])
    #expect(rig.driver.identity == 0x60)
    #expect(BMP280.likelyPart(identity: 0x60) == .compatible("BME280"))
  }

  @Test func `another chip is refused`() throws {
    var rig = Rig(try board(SimulatedBMP280(identity: 0x61)), BMP280())
    rig.run(until: 1)
    #expect(rig.faults == [.wrongIdentity])
    #expect(rig.samples.isEmpty)
  }
}
