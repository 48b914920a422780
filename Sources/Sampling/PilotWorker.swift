import Devices
import HardwareInterfaces
import PortableMath
import Signals

/// Makes commands of what a pilot's device gives: whoever has the port, a thread or a simulated board, hands over its bytes or its events.
///
/// Never called by two threads at once. What it reads lies in a frame of its own, and the loop sees the part of it that is this source's.
/// Frames count only on a line that is sound: the third in a row between which nothing was refused, because a checksum of 8 bits passes one
/// of 256 garbled frames. SBUS has none, and a parity that passes every second garbled byte: there it is the tenth.
public final class PilotWorker {
  /// What is read.
  public let pilot: PilotDeclaration
  /// The part of a frame that holds it.
  public let readings: FramePatch
  private let memory: FrameMemory
  private let time: SignalIndex<Int64>?
  private let count, refused, skipped: SignalIndex<UInt32>?
  private let fault: SignalIndex<UInt8>?
  private let low, failsafe: SignalIndex<Bool>?
  private let quality: SignalIndex<Float>?
  private let numbers: [SignalIndex<Float>?]
  private let flags: [SignalIndex<Bool>?]
  /// The maps; a gamepad's when it has said where its axes end.
  private var sticks: [StickMap] = []
  private var switches: [SwitchMap] = []
  /// Of each switch whether it was pressed, where presses toggle.
  private var pressed: [Bool]
  private var stream: ReceiverStream?
  private var gamepad = GamepadReader()
  private var hasRanges = false
  private var heard: UInt32 = 0
  /// Sound frames since something was refused, and what had been refused then.
  private var soundFrames = 0
  private var refusedBefore: UInt32 = 0

  /// Sound frames in a row of which the last counts.
  private let soundInRow: Int

  /// A worker for a pilot's device.
  ///
  /// - Parameter table: The signals of the frames that readings go into.
  /// - Throws: `StickScalingError` when a receiver's stick has ends in no order.
  public init(_ pilot: PilotDeclaration, table: SignalTable) throws(StickScalingError) {
    self.pilot = pilot
    let name = pilot.name
    readings = FramePatch(table) {
      if case .device(let owner, _) = $0.origin { owner == name } else { false }
    }
    memory = FrameMemory(table)
    (time, count) = (table.index(of: "\(name).time"), table.index(of: "\(name).count"))
    (refused, skipped) = (table.index(of: "\(name).refused"), table.index(of: "\(name).skipped"))
    (fault, low) = (table.index(of: "\(name).fault"), table.index(of: "\(name).low"))
    (failsafe, quality) = (table.index(of: "\(name).failsafe"), table.index(of: "\(name).link_quality"))
    numbers = pilot.sticks.map { table.index(of: "\(name).\($0.name)") }
    flags = pilot.switches.map { table.index(of: "\(name).\($0.name)") }
    // A button that is down at the first look has not been pressed.
    pressed = pilot.switches.map { _ in true }
    // Without a switch that says otherwise a pilot who is there commands.
    if !pilot.switches.contains(where: { $0.name == "takes" }),
      let takes = table.index(of: "\(name).takes", as: Bool.self)
    {
      memory.frame[takes] = true
    }
    if let fault { memory.frame[fault] = DeviceFault.missing.rawValue }
    guard case .receiver(let spoken, _, let scaling) = pilot.device else {
      soundInRow = 1
      return
    }
    soundInRow = spoken == .sbus ? 10 : 3
    stream = ReceiverStream(spoken, scaling: scaling)
    for stick in pilot.sticks { sticks.append(try StickMap(stick.settings, ends: StickMap.receiverEnds)) }
    for one in pilot.switches { switches.append(try SwitchMap(one.settings, ends: StickMap.receiverEnds)) }
  }

  /// What is read.
  public var frame: Frame { memory.frame }

  /// Takes what a receiver's port gave at a look at it, which may be nothing.
  public func take(_ bytes: Span<UInt8>, at now: MonotonicTime) {
    guard var stream = stream.take() else { return }
    let taken = stream.take(bytes, at: now)
    self.stream = stream
    let sample = stream.sample
    put(sample)
    if sample.refused != refusedBefore { (refusedBefore, soundFrames) = (sample.refused, 0) }
    guard taken > 0 else { return }
    // Those before what was refused in the same look do not count, and cannot be told from those behind it.
    soundFrames = min(soundFrames + taken, soundInRow)
    guard soundFrames >= soundInRow else { return }
    let isLost = sample.flags.contains(.failsafe)
    put(isLost ? .notReady : .none)
    // A frame without news is as old as the one before.
    guard !isLost, !sample.flags.contains(.frameLost) else { return }
    for (place, map) in sticks.enumerated() {
      if let raw = sample.channel(map.input), let index = numbers[place] { frame[index] = map(Int32(raw)) }
    }
    for (place, map) in switches.enumerated() {
      if let raw = sample.channel(map.input) { put(map, place, Int32(raw)) }
    }
    if let low {
      frame[low] = sticks.allSatisfy { map in
        !map.mustRest || (sample.channel(map.input).map { map.isAtRest(Int32($0)) } ?? false)
      }
    }
    hear(now)
  }

  /// Puts a switch's place into the frame.
  private func put(_ map: SwitchMap, _ place: Int, _ raw: Int32) {
    guard let index = flags[place] else { return }
    guard map.toggles else {
      frame[index] = map(raw, previous: frame[index])
      return
    }
    let isPressed = map(raw, previous: pressed[place])
    if isPressed, !pressed[place] { frame[index].toggle() }
    pressed[place] = isPressed
  }

  private func put(_ sample: ReceiverSample) {
    if let refused { frame[refused] = sample.refused }
    if let skipped { frame[skipped] = sample.skipped }
    if let failsafe { frame[failsafe] = sample.flags.contains(.failsafe) }
    if let quality { frame[quality] = sample.linkQuality.map { Float($0) / 100 } ?? 1 }
  }

  /// Looks at a gamepad at `now`. A stick that nobody moves sends nothing, so a look that finds the device there is a reading.
  public func look<Pad: EventDevice & ~Copyable>(_ pad: inout Pad, at now: MonotonicTime) throws(PortError) {
    if !hasRanges { try findRanges(&pad) }
    let isNew = try gamepad.poll(&pad)
    let sample = gamepad.sample
    guard isNew || sample.packets > 0, !gamepad.mustAsk else { return }
    put(.none)
    for (place, map) in sticks.enumerated() {
      if let index = numbers[place] { frame[index] = map(sample.axes[map.input]) }
    }
    for (place, map) in switches.enumerated() {
      put(map, place, map.isButton ? (sample.keys[map.input] ? 1 : 0) : sample.axes[map.input])
    }
    if let low {
      frame[low] = sticks.allSatisfy { !$0.mustRest || $0.isAtRest(sample.axes[$0.input]) }
    }
    if let refused { frame[refused] = sample.dropped }
    hear(now)
  }

  private func findRanges<Pad: EventDevice & ~Copyable>(_ pad: inout Pad) throws(PortError) {
    var (sticks, switches): ([StickMap], [SwitchMap]) = ([], [])
    do {
      for stick in pilot.sticks {
        sticks.append(try StickMap(stick.settings, ends: try ends(of: stick.settings.input, &pad)))
      }
      for one in pilot.switches {
        let ends = one.settings.isButton ? [0, 1, 2] : try ends(of: one.settings.input, &pad)
        switches.append(try SwitchMap(one.settings, ends: ends))
      }
    } catch let error as PortError {
      throw error
    } catch {
      // It has no such axis, or one without a range.
      throw .unsupported
    }
    (self.sticks, self.switches, hasRanges) = (sticks, switches, true)
  }

  private func ends<Pad: EventDevice & ~Copyable>(of code: Int, _ pad: inout Pad) throws(PortError) -> [Int32]
  {
    guard code < GamepadSample.axisCount, let axis = try pad.axis(code) else { throw .unsupported }
    let middle = Int32(truncatingIfNeeded: (Int64(axis.minimum) + Int64(axis.maximum)) >> 1)
    return [axis.minimum, middle, axis.maximum]
  }

  /// Takes note that the device cannot be read: what it said last stays, and has a fault.
  public func fail(_ error: PortError) {
    put(error == .gone ? .missing : .transfer)
    soundFrames = 0
    // What toggles begins anew: nobody knows what was pressed meanwhile.
    for (place, one) in pilot.switches.enumerated() where one.settings.toggles {
      pressed[place] = true
      if let index = flags[place] { frame[index] = false }
    }
    // What is plugged in next may be another.
    (gamepad, hasRanges) = (GamepadReader(), false)
  }

  private func put(_ fault: DeviceFault) { if let place = self.fault { frame[place] = fault.rawValue } }

  private func hear(_ now: MonotonicTime) {
    heard.countReading()
    if let count { frame[count] = heard }
    if let time { frame[time] = now.nanoseconds }
  }
}
