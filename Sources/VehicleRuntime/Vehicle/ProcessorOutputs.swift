import Devices
import HardwareInterfaces
import Sampling
import Signals

/// What of a vehicle's actuators the processor itself drives, on Linux as in simulation: PWM outputs, lines, and bridges whose
/// directions are lines.
///
/// The directions of a bridge and its pulses belong together where the same actuator sends both: no line changes under pulses
/// (`TB6612`). `apply` takes no heap block, counts no reference and never waits but for a line.
final class ProcessorOutputs<Line: DigitalOutput & ~Copyable, Pulses: PulseOutput & ~Copyable> {
  private struct PulseRow: ~Copyable {
    var output: Pulses
    let sent: Sent
  }

  private struct BridgeRow: ~Copyable {
    var bridge: TB6612<Line, BridgePulses<Pulses>>
    let way: Sent
    /// Its pulses; without use where a chip on a bus makes them.
    let width: Sent
  }

  private struct LineRow: ~Copyable {
    var line: Line
    let sent: Sent
    /// The level that it was last given; `nil` at first, and when that failed.
    var last: Bool?
  }

  /// Where something that is sent lies in a frame, by what it is multiplied, and what is sent for a frame without it.
  private struct Sent: BitwiseCopyable {
    private let place: SentPlace?
    private let factor: Float
    private let safe: Float

    init(_ sent: PlannedSignal?, factor: Double = 1, _ table: SignalTable) {
      place = sent.flatMap { SentPlace($0.signal, table) }
      (self.factor, safe) = (Float(factor), Float(sent?.safe ?? 0))
    }

    func value(in frame: Frame) -> Float { (place?.value(in: frame) ?? safe) * factor }
  }

  // Rows of fixed memory, the first of each filled: an array's access would be counted.
  private let pulses: UnsafeMutableBufferPointer<PulseRow>
  private let bridges: UnsafeMutableBufferPointer<BridgeRow>
  private let lines: UnsafeMutableBufferPointer<LineRow>
  // One thread alone calls, and a tick has no time to have that checked.
  @exclusivity(unchecked) private var pulseCount = 0
  @exclusivity(unchecked) private var bridgeCount = 0
  @exclusivity(unchecked) private var lineCount = 0

  /// Takes what a plan wants of the processor: `line` opens a line, which begins at the level given, `output` a PWM output with
  /// pulses of a safe width in µs.
  init<Failure: Error>(
    _ plan: ActuatorPlan, _ table: SignalTable,
    line: (DigitalLine, _ isSafeActive: Bool) throws(Failure) -> Line,
    output: (PlannedPWM, _ safe: Double) throws(Failure) -> Pulses
  ) throws(Failure) {
    let directed = Set(plan.lines.filter { $0.backward != nil }.map(\.sent.actuator))
    pulses = .allocate(capacity: plan.pwm.count)
    bridges = .allocate(capacity: plan.lines.count)
    lines = .allocate(capacity: plan.lines.count)
    for planned in plan.lines {
      guard let backward = planned.backward else {
        let row = LineRow(
          line: try line(planned.forward, planned.sent.safe > 0.5), sent: Sent(planned.sent, table), last: nil
        )
        lines.initializeElement(at: lineCount, to: row)
        lineCount += 1
        continue
      }
      let own = plan.pwm.first { $0.sent.actuator == planned.sent.actuator }
      let forward = try line(planned.forward, false)
      let reverse = try line(backward, false)
      // An open bridge has no pulses.
      let pulses: Pulses? = if let own { try output(own, 0) } else { nil }
      let row = BridgeRow(
        bridge: TB6612(forward: forward, reverse: reverse, pulses: BridgePulses(pulses), rate: 1),
        way: Sent(planned.sent, table), width: Sent(own?.sent, factor: own?.factor ?? 1, table))
      bridges.initializeElement(at: bridgeCount, to: row)
      bridgeCount += 1
    }
    for planned in plan.pwm where !directed.contains(planned.sent.actuator) {
      let row = PulseRow(
        output: try output(planned, planned.sent.safe * planned.factor),
        sent: Sent(planned.sent, factor: planned.factor, table))
      pulses.initializeElement(at: pulseCount, to: row)
      pulseCount += 1
    }
  }

  deinit {
    UnsafeMutableBufferPointer(start: pulses.baseAddress, count: pulseCount).deinitialize()
    UnsafeMutableBufferPointer(start: bridges.baseAddress, count: bridgeCount).deinitialize()
    UnsafeMutableBufferPointer(start: lines.baseAddress, count: lineCount).deinitialize()
    pulses.deallocate()
    bridges.deallocate()
    lines.deallocate()
  }

  /// Drives everything as a frame says. `false` when something was refused; after one of a bridge all bridges are opened, as far as
  /// they obey.
  func apply(_ frame: Frame) -> Bool {
    var isDone = true
    for row in 0..<pulseCount {
      do throws(LineError) {
        try pulses[row].output.set(microseconds: pulses[row].sent.value(in: frame))
      } catch {
        isDone = false
      }
    }
    if !drive(frame) {
      openBridges()
      isDone = false
    }
    for row in 0..<lineCount {
      let wanted = lines[row].sent.value(in: frame) > 0.5
      // A line may take a millisecond.
      guard lines[row].last != wanted else { continue }
      lines[row].last = nil
      do throws(LineError) {
        try lines[row].line.set(wanted)
        lines[row].last = wanted
      } catch {
        isDone = false
      }
    }
    return isDone
  }

  private func drive(_ frame: Frame) -> Bool {
    for row in 0..<bridgeCount {
      let (way, width) = (bridges[row].way.value(in: frame), bridges[row].width.value(in: frame))
      do throws(LineError) {
        try bridges[row].bridge.drive(way, microseconds: width)
      } catch {
        return false
      }
    }
    return true
  }

  private func openBridges() {
    for row in 0..<bridgeCount {
      // The others are opened nevertheless.
      do throws(LineError) { try bridges[row].bridge.open() } catch {}
    }
  }
}
