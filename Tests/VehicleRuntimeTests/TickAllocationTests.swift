import CAllocationCounter
import HardwareInterfaces
import Testing

@testable import VehicleConfiguration

@Suite("No heap in the whole tick")
struct TickAllocationTests {
  @Test("A tick with a network takes no heap block, on the ground, in flight and in a failsafe")
  func wholeTick() throws {
    let none: Set<String> = []
    // The first flight makes the runtime set up its type metadata, once for the process.
    for isFirst in [true, false] {
      let stand = try VehicleBench("quadrotor-hold", controller: .network, model: "quadrotor-ncp19")
      let (arm, killSwitch) = (
        try stand.place("setpoint.arm", as: Bool.self), try stand.place("lines.kill_switch", as: Bool.self)
      )
      let (mode, source) = (
        try stand.place("safety.mode", as: UInt8.self), try stand.place("command.source", as: UInt8.self)
      )
      let altitude = try stand.place("setpoint.altitude", as: Float.self)
      let fault = try stand.place("barometer.fault", as: UInt8.self)
      var modes: UInt32 = 0
      var flewByNetwork = false
      let before = allocation_count()
      for tick in 0..<3000 {
        stand.missed = tick % 97 == 96 ? 1 : 0
        (stand[arm], stand[altitude]) = (tick > 400, tick > 450 ? 1 : 0)
        if tick > 2000 { stand[fault] = DeviceFault.transfer.rawValue }
        if tick > 2500 { stand[killSwitch] = true }
        stand.step(stopped: none)
        modes |= 1 << UInt32(stand[mode])
        flewByNetwork = flewByNetwork || stand[source] == ActiveController.network.rawValue
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
    let none: Set<String> = []
    for isFirst in [true, false] {
      let stand = try VehicleBench("quadrotor-redundant")
      let rates = try (0..<3).map { try stand.place("imu_\($0).rate_x", as: Float.self) }
      let faults = try (0..<2).map { try stand.place("imu_\($0).fault", as: UInt8.self) }
      let turned = try stand.place("imu_1.rate_y", as: Float.self)
      let pressures = try (0..<2).map { try stand.place("barometer_\($0).pressure", as: Float.self) }
      let chosen = try stand.place("imu.chosen", as: UInt32.self)
      var seen: UInt32 = 0
      let before = allocation_count()
      for tick in 0..<3000 {
        for rate in rates { stand[rate] = 0.001 + Float(tick % 7) * 1e-4 }
        for pressure in pressures { stand[pressure] = 101_325 + Float(tick / 10 % 7) }
        if tick > 1000 { stand[faults[0]] = DeviceFault.frozenData.rawValue }
        if tick > 1500 { stand[turned] = 1 }
        if tick > 2000 { stand[faults[1]] = DeviceFault.frozenData.rawValue }
        stand.step(stopped: none)
        seen |= 1 << stand[chosen]
      }
      if isFirst { continue }
      #expect(allocation_count() == before)
      #expect(seen == 0b111)
    }
  }
}
