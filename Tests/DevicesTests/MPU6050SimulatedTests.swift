import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing

@testable import Devices

/// The MPU-6050's driver against the chip at register level.
@Suite struct MPU6050SimulatedTests {
  private func board(_ chip: SimulatedMPU6050 = SimulatedMPU6050(), noise: Double = 1, bias: Double = 0)
    throws
    -> SimulatedBoard
  {
    let board = SimulatedBoard(seed: 7, noiseScale: noise, biasScale: bias)
    try board.attach(chip, name: "imu", address: 0x68)
    return board
  }

  @Test func `samples at its rate from 0.2 s on, without a fault`() throws {
    var rig = Rig(try board(), MPU6050())
    rig.run(until: 1.2)
    #expect(rig.faults == [])
    #expect(rig.driver.stage == .running)
    #expect(rig.times.first ?? 9 < 0.2)
    #expect(rig.samples(from: 0.2, until: 1.2).count == 500)
  }

  @Test func `readings scatter about the truth as the datasheet says`() throws {
    let board = try board()
    board.physics.specificForce = Vector3(1, -2, -9)
    board.physics.angularRate = Vector3(0.5, -1, 2)
    board.physics.temperature = 31
    var rig = Rig(board, MPU6050())
    rig.run(until: 2)
    let x = rig.samples.map { Double($0.accelerationX) }
    #expect(abs(x.mean - 1) < 0.01)
    // 400 µg/√Hz over 94 Hz · π/2 is 0.048 m/s²; the filter is not exactly of first order in discrete time.
    #expect(x.deviation > 0.03 && x.deviation < 0.06)
    #expect(abs(rig.samples.map { Double($0.accelerationY) }.mean + 2) < 0.01)
    #expect(abs(rig.samples.map { Double($0.accelerationZ) }.mean + 9) < 0.01)
    let rate = rig.samples.map { Double($0.rateZ) }
    #expect(abs(rate.mean - 2) < 0.001)
    #expect(rate.deviation > 0.0006 && rate.deviation < 0.0016)
    #expect(abs(rig.samples.map { Double($0.temperature) }.mean - 31) < 0.1)
  }

  @Test func `readings are in the sensor's axes, as it is mounted`() throws {
    let chip = SimulatedMPU6050(mounting: Mounting(forward: .plusY, right: .plusX, down: .minusZ))
    let board = try board(chip, noise: 0)
    board.physics.specificForce = Vector3(1, 2, -9.80665)
    var options = MPU6050.Options()
    options.frozenAfter = nil
    var rig = Rig(board, MPU6050(options: options))
    rig.run(until: 0.3)
    let sample = try #require(rig.samples.last)
    #expect(abs(sample.accelerationX - 2) < 0.003)
    #expect(abs(sample.accelerationY - 1) < 0.003)
    #expect(abs(sample.accelerationZ - 9.80665) < 0.003)
  }

  @Test(arguments: MPU6050.GyroRange.allCases) func `full scale is used to its end`(
    _ range: MPU6050.GyroRange
  ) throws {
    let board = try board(noise: 0)
    board.physics.angularRate = Vector3(100, -100, 1)
    var options = MPU6050.Options()
    options.frozenAfter = nil
    options.gyroRange = range
    var rig = Rig(board, MPU6050(options: options))
    rig.run(until: 0.3)
    let sample = try #require(rig.samples.last)
    let fullScale = Float(range.degreesPerSecond) * Float.pi / 180
    #expect(abs(sample.rateX - fullScale) < fullScale / 30_000)
    #expect(abs(sample.rateY + fullScale) < fullScale / 30_000)
    #expect(abs(sample.rateZ - 1) < fullScale / 30_000)
  }

  @Test func `a clone is refused until its identity is accepted`() throws {
    var refused = Rig(try board(SimulatedMPU6050(identity: 0x70)), MPU6050())
    refused.run(until: 1)
    #expect(refused.faults == [.wrongIdentity])
    #expect(refused.samples.isEmpty)
    #expect(refused.driver.identity == 0x70)
    #expect(MPU6050.likelyPart(identity: 0x70) == .compatible("MPU-6500"))

    var options = MPU6050.Options()
    options.acceptedIdentities = [0x68, 0x70]
    let board = try board(SimulatedMPU6050(identity: 0x70))
    board.physics.temperature = 40
    var accepted = Rig(board, MPU6050(options: options))
    accepted.run(until: 1)
    #expect(accepted.faults == [])
    #expect(abs(accepted.samples.map { Double($0.temperature) }.mean - 40) < 0.1)
  }

  @Test func `an empty address is reported as missing, and a chip that appears is taken up`() throws {
    let board = try board()
    try board.inject(FaultInjection(target: "imu", kind: .off, start: 0, duration: 1))
    var rig = Rig(board, MPU6050())
    rig.run(until: 0.99)
    #expect(rig.faults == [.missing])
    rig.run(until: 1.5)
    #expect(rig.driver.stage == .running)
    #expect(rig.faults == [.missing, .none])
  }
}
