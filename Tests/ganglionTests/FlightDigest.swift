import ControlLoop
import Foundation
import HardwareInterfaces

/// What a flight read, estimated, computed and sent, folded tick by tick into four digests.
///
/// Values are folded by what they mean, in the order written here, and not by how they lie in memory or in a log: a change of
/// the house that changes no value changes no digest. Next to the digests at the end stands a trace of one bit for each group
/// and every second tick, so that the tick at which two flights part is known to within a few.
struct FlightDigest {
  /// The groups of values, in the order of the digests.
  static let groups = ["read", "estimated", "network", "sent"]

  private var read = Fold(), estimated = Fold(), network = Fold(), sent = Fold()
  private(set) var ticks = 0
  /// A hexadecimal digit for every second tick: a bit for each group, the first group's the lowest.
  private(set) var trace = ""

  /// The digests of the groups.
  var digests: [UInt64] { [read.value, estimated.value, network.value, sent.value] }

  /// Takes in a tick.
  mutating func fold(_ record: TickRecord) {
    foldRead(record.input)
    foldEstimated(record.output)
    foldNetwork(record.output)
    foldSent(record.output)
    if ticks % 2 == 0 {
      let bits = digests.enumerated().reduce(0) { $0 | ($1.element >> 63) << UInt64($1.offset) }
      trace += String(bits, radix: 16)
    }
    ticks += 1
  }

  private mutating func foldRead(_ input: TickInput) {
    read.add(
      input.tick, UInt64(bitPattern: input.time.nanoseconds), UInt64(bitPattern: input.elapsed),
      UInt64(input.missed))
    add(input.inertial)
    add(input.pressure)
    add(input.magnetic)
    add(input.range)
    add(input.power)
    add(input.leftEncoder)
    add(input.rightEncoder)
    for spare in 0..<2 {
      add(input.spares.inertial[spare])
      add(input.spares.pressure[spare])
      add(input.spares.magnetic[spare])
      add(input.spares.range[spare])
    }
    let asked = input.setpoint
    read.add(input.killSwitch ? 1 : 0, UInt64(input.actuatorFault.rawValue), asked.arm ? 1 : 0)
    read.add(asked.roll, asked.pitch, asked.yawRate, asked.altitude, asked.speed)
  }

  private mutating func add<Sample: FoldedSample>(_ reading: Reading<Sample>) {
    // A sensor that is not there has no values.
    guard reading.isPresent else { return }
    read.add(
      UInt64(bitPattern: reading.time.nanoseconds), UInt64(reading.sequence), UInt64(reading.fault.rawValue))
    reading.sample.fold(into: &read)
  }

  private mutating func foldEstimated(_ output: TickOutput) {
    let e = output.estimate
    for vote in [output.votes.imu, output.votes.barometer, output.votes.magnetometer, output.votes.range] {
      estimated.add(
        UInt64(vote.chosen.rawValue), UInt64(vote.first.rawValue), UInt64(vote.second.rawValue),
        UInt64(vote.third.rawValue), vote.isUndecided ? 1 : 0)
    }
    estimated.add(e.quaternion.w, e.quaternion.x, e.quaternion.y, e.quaternion.z, e.roll, e.pitch, e.yaw)
    estimated.add(
      e.rateX, e.rateY, e.rateZ, e.accelerationZ, e.altitude, e.climbRate, e.voltage, e.travel, e.speed)
    estimated.add(e.wheels.left.angle, e.wheels.left.rate, e.wheels.right.angle, e.wheels.right.rate)
  }

  private mutating func foldNetwork(_ output: TickOutput) {
    network.add(output.ts)
    for index in 0..<output.networkInputs.count { network.add(output.networkInputs[index]) }
    network.add(output.stateDigest, UInt64(output.networkLimits.rawValue))
    for index in 0..<output.networkOutputs.count { network.add(output.networkOutputs[index]) }
    let c = output.classicalCommand
    network.add(c.thrust, c.roll, c.pitch, c.yaw, c.drive)
  }

  private mutating func foldSent(_ output: TickOutput) {
    sent.add(
      UInt64(output.mode.rawValue), UInt64(output.controller.rawValue), UInt64(output.inhibits),
      UInt64(output.faults),
      output.enable ? 1 : 0)
    let c = output.command
    sent.add(c.thrust, c.roll, c.pitch, c.yaw, c.drive)
    for index in 0..<output.motors.count { sent.add(output.motors[index]) }
    for index in 0..<output.pulses.count { sent.add(output.pulses[index]) }
  }
}

/// A running 64-bit digest of numbers by their bits.
struct Fold {
  private(set) var value: UInt64 = 0x6A09_E667_F3BC_C908

  mutating func add(_ words: UInt64...) {
    for word in words {
      value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
      value ^= value >> 29
    }
  }

  mutating func add(_ numbers: Float...) {
    for number in numbers { add(UInt64(number.bitPattern)) }
  }
}

/// A sample whose values can be folded.
protocol FoldedSample: BitwiseCopyable, Sendable, Equatable {
  func fold(into digest: inout Fold)
}

extension InertialSample: FoldedSample {
  func fold(into digest: inout Fold) {
    digest.add(accelerationX, accelerationY, accelerationZ, rateX, rateY, rateZ, temperature)
  }
}

extension PressureSample: FoldedSample {
  func fold(into digest: inout Fold) { digest.add(pressure, temperature) }
}

extension MagneticSample: FoldedSample {
  func fold(into digest: inout Fold) { digest.add(fieldX, fieldY, fieldZ) }
}

extension RangeSample: FoldedSample {
  func fold(into digest: inout Fold) {
    digest.add(distance)
    digest.add(isValid ? 1 as UInt64 : 0)
  }
}

extension PowerSample: FoldedSample {
  func fold(into digest: inout Fold) { digest.add(voltage, current) }
}

extension AngleSample: FoldedSample {
  func fold(into digest: inout Fold) {
    digest.add(angle)
    digest.add(UInt64(magnet.rawValue))
  }
}
