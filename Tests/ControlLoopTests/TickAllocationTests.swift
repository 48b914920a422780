import CAllocationCounter
import Foundation
import HardwareInterfaces
import LiquidModel
import Testing

@testable import ControlLoop

@Suite("No heap in the whole tick")
struct TickAllocationTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "firmware-configs")

  /// A vehicle that stands level, is asked to arm after half a second and to take off after one.
  private func input(_ tick: Int) -> TickInput {
    var input = TickInput()
    input.tick = UInt64(tick)
    input.time = MonotonicTime(nanoseconds: Int64(tick) * 4_000_000)
    input.elapsed = 4_000_000
    input.missed = tick % 97 == 96 ? 1 : 0
    input.inertial = Reading(
      empty: InertialSample(acceleration: (0.02, -0.01, -9.8), rate: (0.001, 0.002, -0.001), temperature: 30),
      isPresent: true)
    input.pressure = Reading(empty: PressureSample(pressure: 101_325, temperature: 20), isPresent: true)
    input.range = Reading(empty: RangeSample(distance: 0.05, isValid: true), isPresent: true)
    input.power = Reading(empty: PowerSample(voltage: 12.1, current: 1), isPresent: true)
    (input.inertial.sequence, input.inertial.time) = (UInt32(tick + 1), input.time)
    (input.pressure.sequence, input.pressure.time) = (UInt32(tick / 10 + 1), input.time)
    (input.range.sequence, input.range.time) = (UInt32(tick / 10 + 1), input.time)
    (input.power.sequence, input.power.time) = (UInt32(tick / 25 + 1), input.time)
    input.setpoint = Setpoint(altitude: tick > 450 ? 1 : 0, arm: tick > 400)
    return input
  }

  @Test(
    "A tick with a network takes no heap block, on the ground, in flight and in a failsafe",
    arguments: ["quadrotor-ncp19.safetensors"])
  func wholeTick(_ model: String) throws {
    let configuration = try Configuration.load(
      path: Self.folder.appending(path: "quadrotor-hold.json5").path,
      overrides: ConfigurationOverrides(modelFile: Self.folder.appending(path: "models/\(model)").path))
    let file = try ModelFile.read(path: Self.folder.appending(path: "models/\(model)").path)
    // The first flight makes the runtime set up its type metadata, once for the process.
    for isFirst in [true, false] {
      var controller = try VehicleController(
        configuration, network: try NetworkRuntime(file),
        timing: NetworkTiming(unit: file.timeUnit, largest: file.maximumTs))
      var modes: UInt32 = 0
      var flewByNetwork = false
      let before = allocation_count()
      for tick in 0..<3000 {
        var input = input(tick)
        if tick > 2000 { input.pressure.fault = .transfer }
        if tick > 2500 { input.killSwitch = true }
        let output = controller.step(input)
        modes |= 1 << UInt32(output.mode.rawValue)
        flewByNetwork = flewByNetwork || output.controller == .network
      }
      if isFirst { continue }
      #expect(allocation_count() == before)
      for mode in [VehicleMode.disarmed, .active, .terminated] {
        #expect(modes & (1 << UInt32(mode.rawValue)) != 0)
      }
      #expect(flewByNetwork)
    }
  }

  @Test("A tick that votes takes no heap block, while sensors fail one after the other")
  func voting() throws {
    let configuration = try Configuration.load(
      path: Self.folder.appending(path: "quadrotor-redundant.json5").path,
      overrides: ConfigurationOverrides(controller: .classical))
    for isFirst in [true, false] {
      var controller = try VehicleController(
        configuration, network: nil, timing: NetworkTiming(unit: 1, largest: 1))
      var chosen: UInt32 = 0
      let before = allocation_count()
      for tick in 0..<3000 {
        var input = input(tick)
        input.inertial.sample.rateX += Float(tick % 7) * 1e-4
        input.pressure.sample.pressure += Float(tick / 10 % 7)
        for spare in 0..<2 { input.spares.inertial[spare] = input.inertial }
        input.spares.pressure[0] = input.pressure
        if tick > 1000 { input.inertial.fault = .frozenData }
        if tick > 1500 { input.spares.inertial[0].sample.rateY += 1 }
        if tick > 2000 { input.spares.inertial[0].fault = .frozenData }
        let output = controller.step(input)
        chosen |= 1 << UInt32(output.votes.imu.chosen.rawValue)
      }
      if isFirst { continue }
      #expect(allocation_count() == before)
      #expect(chosen == 0b111)
    }
  }
}
