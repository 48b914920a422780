import Control
import Foundation
import HardwareInterfaces
import LiquidModel
import Signals
import Testing
import VehicleFixtures

@testable import VehicleConfiguration
@testable import VehicleRuntime

/// A whole controller on inputs made by hand: a shipped vehicle whose devices read what they are told to, in ticks of 4 ms.
final class VehicleBench {
  private var controller: VehicleController
  private let outside: OutsidePlaces
  private let devices: [Device]
  private var tick: UInt64 = 0
  /// What the loop says of each tick.
  var elapsed: Int64 = 4_000_000
  var missed: UInt32 = 0

  /// A device, and every how many ticks it reads.
  private struct Device {
    var name: String
    var time: SignalIndex<Int64>?
    var count: SignalIndex<UInt32>?
    var divisor: UInt64
  }

  /// The vehicle of a shipped configuration that stands level and still, with every sensor fresh.
  init(
    _ name: String, _ changes: [(String, String)] = [], controller choice: ControllerChoice = .classical,
    calibration: String? = nil, model: String? = nil
  ) throws {
    let folder = repository.appending(path: "firmware-configs")
    var text = try String(contentsOf: folder.appending(path: "\(name).json5"), encoding: .utf8)
    for (old, new) in changes {
      try #require(text.contains(old), "the shipped configuration no longer has '\(old)'")
      text = text.replacing(old, with: new)
    }
    let configuration = try Configuration.load(
      text: text, directory: nil, overrides: ConfigurationOverrides(controller: choice),
      calibration: calibration)
    if let model {
      let file = try ModelFile.read(path: folder.appending(path: "models/\(model).safetensors").path)
      controller = try VehicleController(
        configuration, network: try NetworkRuntime(file),
        timing: NetworkTiming(unit: file.timeUnit, largest: file.maximumTs))
    } else {
      controller = try VehicleController(
        configuration, network: nil, timing: NetworkTiming(unit: 1, largest: 1))
    }
    let table = controller.table
    outside = OutsidePlaces(table)
    devices = configuration.devices.map { device in
      Device(
        name: device.name, time: table.index(of: "\(device.name).time"),
        count: table.index(of: "\(device.name).count"),
        divisor: device.rateHz >= 250 ? 1 : device.rank == .power ? 25 : 10)
    }
    for device in configuration.devices {
      self["\(device.name).present"] = 1
      for (channel, value) in Self.standing { self["\(device.name).\(channel)"] = value }
    }
  }

  private static let standing: [(String, Double)] = [
    ("acceleration_z", -9.80665), ("temperature", 30), ("pressure", 101_325), ("distance", 0.05), ("seen", 1),
    ("voltage", 12.1), ("current", 1), ("angle", 1),
  ]

  /// A signal's value by name; a choice as its number. What the vehicle does not have is 0, and takes nothing.
  subscript(name: String) -> Double {
    get { view[name] ?? 0 }
    set { controller.table.put(newValue, as: name, in: controller.frame) }
  }

  /// The place of a signal, for a test that must not take heap blocks.
  func place<Value: SignalValue>(_ name: String, as type: Value.Type = Value.self) throws -> SignalIndex<
    Value
  > {
    try #require(controller.table.index(of: name))
  }

  /// A value by its place.
  subscript<Value>(place: SignalIndex<Value>) -> Value {
    get { controller.frame[place] }
    set { controller.frame[place] = newValue }
  }

  /// All signals as they are now.
  var view: FrameView { FrameView(controller.table, controller.frame) }
  /// Whether a flag is set.
  func isSet(_ name: String) -> Bool { view.isSet(name) }
  /// The name of a choice's value.
  func choice(_ name: String) -> String { view.choice(name) ?? "" }
  /// What the vehicle is doing.
  var mode: String { choice("safety.mode") }
  /// Whether all of some signals have a value.
  func areAll(_ names: [String], _ value: Double) -> Bool {
    let values = view
    return names.allSatisfy { values[$0] == value }
  }

  /// What keeps the vehicle from arming.
  var inhibits: [ArmingInhibit] {
    let values = view
    return ArmingInhibit.allCases.filter { values.isSet("safety.no_arming_\($0.name)") }
  }

  /// The conditions that hold.
  var faults: [FailsafeCondition] {
    let values = view
    return FailsafeCondition.allCases.filter { values.isSet("safety.\($0.name)") }
  }

  /// Says what is wrong with a device.
  func fail(_ device: String, _ fault: DeviceFault) { self["\(device).fault"] = Double(fault.rawValue) }

  /// Puts the number of readings of a device to a value, from which it counts on.
  func setCount(_ device: String, to count: UInt32) { self["\(device).count"] = Double(count) }

  /// Steps for `seconds`; the devices in `stopped` give nothing new.
  func run(_ seconds: Double, stopped: Set<String> = []) {
    for _ in 0..<Int((seconds * 250).rounded(.down)) { step(stopped: stopped) }
  }

  /// One tick.
  func step(stopped: Set<String> = []) {
    tick += 1
    let time = MonotonicTime(nanoseconds: Int64(tick) * 4_000_000)
    let frame = controller.frame
    for device in devices where !stopped.contains(device.name) && tick % device.divisor == 0 {
      if let count = device.count { frame[count].countReading() }
      frame.put(time.nanoseconds, device.time)
    }
    outside.put(LoopSchedule.Start(tick: tick, time: time, elapsed: elapsed, missed: missed), frame)
    controller.step()
  }

  /// Lets the filters settle, and arms.
  func arm() {
    self["setpoint.arm"] = 0
    run(2)
    self["setpoint.arm"] = 1
    run(0.1)
  }
}
