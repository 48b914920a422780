import Devices
import HardwareInterfaces
import Signals
import SimulatedHardware
import Testing

@testable import Sampling

@Suite("Commands from a receiver's bytes")
struct PilotWorkerTests {
  /// A receiver whose bytes a worker takes, a look each millisecond.
  private final class Rig {
    let line: SimulatedSerialLine
    let worker: PilotWorker
    let table: SignalTable
    private var port: SimulatedSerialPort
    private var now: Int64 = 0

    init(_ spoken: ReceiverProtocol) throws {
      let origin = SignalOrigin.device("radio", bus: 0)
      let pilot = PilotDeclaration(
        name: "radio", port: "/dev/serial0",
        device: .receiver(spoken, settings: spoken.port, scaling: .betaflight),
        sticks: [
          .init(name: "roll", settings: StickSettings(input: 1, from: -1, to: 1)),
          .init(name: "thrust", settings: StickSettings(input: 3, from: 0, to: 1, mustRest: true)),
        ], switches: [.init(name: "arm", settings: SwitchSettings(input: 5))])
      table = try SignalTable(
        [
          Signal("radio.time", .time, unit: .nanosecond, from: origin),
          Signal("radio.count", .count, from: origin),
          Signal("radio.refused", .count, from: origin),
          Signal("radio.fault", .deviceFault, from: origin), Signal("radio.takes", .flag, from: origin),
          Signal("radio.arm", .flag, from: origin), Signal("radio.roll", .number, from: origin),
          Signal("radio.thrust", .number, from: origin),
        ] + pilot.signals)
      worker = try PilotWorker(pilot, table: table)
      line = SimulatedSerialLine(settings: spoken.port, seed: 1)
      line.transmitter = SimulatedTransmitter(
        spoken == .crsf ? .crsf : spoken == .sbus ? .sbus : .ibus)
      port = line.port()
    }

    func run(milliseconds: Int) throws {
      for _ in 0..<milliseconds {
        now += 1_000_000
        line.advance(to: MonotonicTime(nanoseconds: now))
        var bytes = InlineArray<512, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        let count = try port.read(into: &span)
        worker.take(bytes.span.extracting(0..<count), at: MonotonicTime(nanoseconds: now))
      }
    }

    var view: FrameView { FrameView(table, worker.frame) }
    var frames: UInt32 { view.value("radio.count", as: UInt32.self) ?? 0 }
    func stick(_ channel: Int, _ width: Float) { line.transmitter?.sticks[channel - 1] = width }
  }

  @Test("what the sticks say, in every dialect", arguments: ReceiverProtocol.allCases)
  func sticks(_ spoken: ReceiverProtocol) throws {
    let rig = try Rig(spoken)
    #expect(rig.view.choice("radio.fault") == "missing")
    rig.stick(3, 988)
    rig.stick(5, 988)
    try rig.run(milliseconds: 200)
    #expect(rig.frames > 5 && rig.view.choice("radio.fault") == "none")
    #expect(abs(rig.view["radio.roll"] ?? 1) < 0.002 && abs(rig.view["radio.thrust"] ?? 1) < 0.002)
    #expect(rig.view.isSet("radio.low") && rig.view.isSet("radio.takes") && !rig.view.isSet("radio.arm"))
    rig.stick(1, 2012)
    rig.stick(3, 1500)
    rig.stick(5, 2012)
    try rig.run(milliseconds: 50)
    #expect(rig.view["radio.roll"] == 1 && abs((rig.view["radio.thrust"] ?? 0) - 0.5) < 0.002)
    #expect(!rig.view.isSet("radio.low") && rig.view.isSet("radio.arm"))
  }

  @Test(
    "a lost transmitter is a fault at once, and what was said last stays",
    arguments: ReceiverProtocol.allCases)
  func failsafe(_ spoken: ReceiverProtocol) throws {
    let rig = try Rig(spoken)
    rig.stick(1, 1800)
    try rig.run(milliseconds: 300)
    let roll = rig.view["radio.roll"]
    rig.line.transmitter?.link = .lost
    rig.stick(1, 1000)
    try rig.run(milliseconds: 120)
    #expect(rig.view.isSet("radio.failsafe") && rig.view.choice("radio.fault") == "not_ready")
    #expect(rig.view["radio.roll"] == roll)
    let frames = rig.frames
    try rig.run(milliseconds: 50)
    #expect(rig.frames == frames)
    rig.line.transmitter?.link = .up
    try rig.run(milliseconds: 250)
    #expect(
      !rig.view.isSet("radio.failsafe") && rig.view.choice("radio.fault") == "none" && rig.frames > frames)
  }

  @Test("on a line that turns bits, nothing that was not said is heard", arguments: ReceiverProtocol.allCases)
  func garbled(_ spoken: ReceiverProtocol) throws {
    let rig = try Rig(spoken)
    rig.line.trouble.flipped = 0.1
    for channel in 1...16 { rig.stick(channel, 1500) }
    var wrong = 0
    for _ in 0..<600 {
      try rig.run(milliseconds: 100)
      if abs(rig.view["radio.roll"] ?? 0) > 0.01 || rig.view.isSet("radio.arm") { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect((rig.view.value("radio.refused", as: UInt32.self) ?? 0) > 1_000)
  }

  @Test("a receiver that goes is missing; one that is plugged in again is heard anew")
  func unplugged() throws {
    let rig = try Rig(.crsf)
    try rig.run(milliseconds: 50)
    rig.worker.fail(.gone)
    #expect(rig.view.choice("radio.fault") == "missing")
    let frames = rig.frames
    try rig.run(milliseconds: 8)
    #expect(rig.frames == frames, "two sound frames are not enough")
    try rig.run(milliseconds: 20)
    #expect(rig.frames > frames && rig.view.choice("radio.fault") == "none")
  }

  /// A gamepad whose sticks and buttons are set by hand.
  private struct Pad: EventDevice, ~Copyable {
    var stream: [UInt8] = []
    var axes: [Int: Int32] = [0: 0, 1: 0]

    mutating func press(_ code: UInt16, _ value: Int32) {
      for (kind, code, value) in [(1, code, value), (0, 0, 0)] as [(UInt16, UInt16, Int32)] {
        stream += [UInt8](repeating: 0, count: 16)
        for half in [kind, code] { withUnsafeBytes(of: half.littleEndian) { stream += $0 } }
        withUnsafeBytes(of: value.littleEndian) { stream += $0 }
      }
    }

    mutating func read(into buffer: inout MutableSpan<UInt8>) throws(PortError) -> Int {
      let count = min(stream.count, buffer.count / 24 * 24)
      for place in 0..<count { buffer[place] = stream[place] }
      stream.removeFirst(count)
      return count
    }

    mutating func axis(_ code: Int) throws(PortError) -> AxisState? {
      axes[code].map { AxisState(value: $0, minimum: -32_768, maximum: 32_767) }
    }

    mutating func keys() throws(PortError) -> KeyStates { KeyStates() }
  }

  @Test("a gamepad's button that toggles, its stick, and what becomes of both when it is unplugged")
  func gamepad() throws {
    let origin = SignalOrigin.device("pad", bus: 0)
    let pilot = PilotDeclaration(
      name: "pad", port: "/dev/input/pad", device: .gamepad,
      sticks: [.init(name: "speed", settings: StickSettings(input: 1, from: -2, to: 2))],
      switches: [.init(name: "arm", settings: SwitchSettings(input: 315, isButton: true, toggles: true))])
    let table = try SignalTable(
      [
        Signal("pad.time", .time, unit: .nanosecond, from: origin), Signal("pad.count", .count, from: origin),
        Signal("pad.refused", .count, from: origin), Signal("pad.fault", .deviceFault, from: origin),
        Signal("pad.takes", .flag, from: origin), Signal("pad.arm", .flag, from: origin),
        Signal("pad.speed", .number, from: origin),
      ] + pilot.signals)
    let worker = try PilotWorker(pilot, table: table)
    let view = FrameView(table, worker.frame)
    var pad = Pad()
    var now: Int64 = 0
    func look() throws {
      now += 5_000_000
      try worker.look(&pad, at: MonotonicTime(nanoseconds: now))
    }
    try look()
    #expect(abs(view["pad.speed"] ?? 1) < 1e-3 && !view.isSet("pad.arm"))
    pad.press(315, 1)
    try look()
    pad.press(315, 0)
    try look()
    #expect(view.isSet("pad.arm"))
    pad.press(315, 1)
    try look()
    #expect(!view.isSet("pad.arm"))
    pad.press(315, 0)
    pad.press(315, 1)
    try look()
    worker.fail(.gone)
    #expect(!view.isSet("pad.arm") && view.choice("pad.fault") == "missing")
    pad.axes = [0: 0]
    #expect(throws: PortError.unsupported) { try look() }
  }
}
