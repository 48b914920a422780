import Control
import HardwareInterfaces
import LinuxHardware
import Sampling
import Signals
import Synchronization
import VehicleConfiguration

/// A vehicle of real chips and lines: the loop's side of the threads that serve them.
///
/// Nothing here waits for a bus: readings come out of slots, orders go into them. The loop itself only switches the
/// enable line and other lines, when they change, and writes the kernel's PWM.
final class LinuxVehicle: Vehicle, @unchecked Sendable {
  // Sendable: the loop's thread has it alone but for `makeSafeFromOutside`, which uses only what may be shared.
  private let buses: [BusEnds]
  private let outputs: ProcessorOutputs<OutputLine, SysfsPulseOutput>?
  /// What makes these safe past the loop.
  private let safety: SafeOutputs
  private let enable: OutputLine?
  private let lines: LineSlots
  /// Threads that read what is on no bus: lines that are devices, and what pilots have in their hands.
  private let readers: [ReadingEnds]
  private let readerReadings: [FramePatch]
  private var newestReadings = InlineArray<9, Borrowed<LatestBytes>?>(repeating: nil)
  private let loopGuard: LoopGuard
  /// Which part of a frame each bus reads, and which goes to its actuators.
  private let readings: [FramePatch]
  private let orders: [FramePatch]
  private let outside: OutsidePlaces
  private let armed: SignalIndex<Bool>?
  /// How many conditions hold, and the mode with the number of that in which the vehicle is stopped, the last.
  private let inForce: SignalIndex<UInt32>?
  private let mode: SignalIndex<UInt8>?
  private let stopped: UInt8
  /// When the sensor was read, and how often, whose samples the latencies count from.
  private let sampleTimePlace: SignalIndex<Int64>?
  /// A frame that says what is safe: nothing armed, the safe value of everything that is sent.
  private let safe: FrameMemory
  /// The slots and lines above, as the loop uses them; orders and bells of those buses that have actuators.
  private var reports = InlineArray<8, Borrowed<LatestValue<BusReport>>?>(repeating: nil)
  private var newest = InlineArray<8, Borrowed<LatestBytes>?>(repeating: nil)
  private var orderSlots = InlineArray<8, Borrowed<LatestBytes>?>(repeating: nil)
  private var bells = InlineArray<8, Borrowed<Bell>?>(repeating: nil)
  private let enableLine: Borrowed<OutputLine>?
  private let processorOutputs: Borrowed<ProcessorOutputs<OutputLine, SysfsPulseOutput>>?
  private let clock = SystemClock()
  /// How long outputs that do not accept their safe values at the end are tried again, in ns.
  private static let safeEffort: Int64 = 300_000_000
  /// The level that the enable line was last given; `nil` when that failed.
  private var enabled: Bool? = false
  private var haveOutputsFailed = false
  private var sampleTime: Int64 = 0
  /// When the tick began, in ns.
  private var tickTime: Int64 = 0
  /// What each bus with actuators has done with its orders.
  private var deliveries = InlineArray<8, Delivery>(repeating: Delivery())
  /// The buses that have carried out nothing for too long, a bit each.
  private var staleOrders: UInt8 = 0
  /// What keeps the actuators from their commands, as of the last `collectSamples`.
  /// The loop's thread alone writes it, and a tick has no time to have that checked.
  @exclusivity(unchecked) private(set) var actuatorFault = DeviceFault.none
  /// Time in ns after which orders that nobody carries out are a fault.
  private let ordersStaleAfter: Int64
  /// Whether a chip on a bus takes any of what is sent.
  private let hasChips: Bool
  /// Time from a sample to the processor's own outputs, when no chip on a bus has any. Read only when the loop has ended, so that no
  /// access needs to be checked.
  @exclusivity(unchecked) private(set) var actuation = LatencyHistogram()

  /// Orders of one bus: when the last tick began that sent one, the newest that the bus has carried out, and since when it has carried
  /// out nothing although there were some; in ns.
  private struct Delivery: BitwiseCopyable {
    var ordered: Int64 = 0
    var taken: Int64 = 0
    var pendingSince: Int64 = 0

    /// Takes note of what the bus has carried out, as of the beginning of a tick.
    mutating func note(taken newest: Int64, now: Int64) {
      // A loop that was late itself left no order behind for which the bus could be blamed.
      if newest != taken || newest == ordered { pendingSince = now }
      taken = newest
    }
  }

  /// A vehicle whose threads and outputs these are, over frames of `table`.
  init(
    _ configuration: VehicleTables, _ plan: ActuatorPlan, _ table: SignalTable, buses: [BusEnds],
    outputs: ProcessorOutputs<OutputLine, SysfsPulseOutput>?, safety: SafeOutputs, enable: OutputLine?,
    lines: LineSlots, readers: [ReadingEnds] = [], loopGuard: LoopGuard
  ) {
    (self.readers, readerReadings) = (readers, readers.map(\.readings))
    for (place, reader) in readers.prefix(newestReadings.count).enumerated() {
      newestReadings[place] = Borrowed(reader.slots.readings)
    }
    self.buses = buses
    (readings, orders) = (buses.map(\.readings), buses.map(\.orders))
    (self.outputs, self.safety, self.enable) = (outputs, safety, enable)
    (self.lines, self.loopGuard) = (lines, loopGuard)
    (outside, armed) = (OutsidePlaces(table), table.index(of: "safety.armed"))
    let signals = SafetySignals(table)
    (inForce, mode, stopped) = (signals.inForce, signals.mode, UInt8(clamping: signals.modes.count - 1))
    sampleTimePlace = configuration.pacemaker.flatMap { table.index(of: "\($0).time") }
    safe = FrameMemory(table)
    plan.makeSafe(safe.frame, table)
    for (index, bus) in buses.prefix(reports.count).enumerated() {
      reports[index] = Borrowed(bus.slots.report)
      newest[index] = Borrowed(bus.slots.readings)
      guard bus.hasActuators else { continue }
      orderSlots[index] = Borrowed(bus.slots.orders)
      bells[index] = Borrowed(bus.slots.bell)
    }
    hasChips = buses.contains { $0.hasActuators }
    enableLine = enable.map { Borrowed($0) }
    processorOutputs = outputs.map { Borrowed($0) }
    ordersStaleAfter = configuration.ordersStaleAfter
  }

  /// The newest readings of all buses. An output that does not follow its commands is a fault of the actuators.
  func collectSamples(until time: MonotonicTime, into frame: Frame) {
    tickTime = time.nanoseconds
    var fault = DeviceFault.none
    staleOrders = 0
    for index in readings.indices {
      guard let report = reports[index], let bytes = newest[index] else { break }
      bytes {
        // Before the patch is looked at, which would be counted across this call.
        let newest = $0.latest
        readings[index].write(newest, to: frame)
      }
      let latest = report { $0.latest }
      fault = fault.worse(latest.actuatorFault)
      guard orderSlots[index] != nil else { continue }
      deliveries[index].note(taken: latest.taken, now: tickTime)
      let isLate = tickTime &- deliveries[index].pendingSince > ordersStaleAfter
      if isLate, latest.actuatorFault == .none { staleOrders |= 1 << UInt8(index) }
    }
    for index in readerReadings.indices {
      guard let bytes = newestReadings[index] else { break }
      bytes {
        let newest = $0.latest
        readerReadings[index].write(newest, to: frame)
      }
    }
    if haveOutputsFailed || enabled == nil || staleOrders != 0 { fault = .transfer }
    if loopGuard.holdsOutputs { fault = .notReady }
    // Everything obeys; but it would not be made safe if this process died.
    if fault == .none, loopGuard.isUnguarded { fault = .unguarded }
    actuatorFault = fault
    outside.put(actuatorFault: fault, frame)
    outside.put(killSwitch: lines.takeKillSwitch(time), frame)
    sampleTime = frame.value(sampleTimePlace) ?? 0
  }

  /// Adds what is known beside the readings, as of the last `collectSamples`.
  func describe(_ status: inout LoopStatus) {
    for index in reports.indices {
      guard let report = reports[index] else { break }
      report { status.buses[index] = $0.latest.statistics }
    }
    status.haveOutputsFailed = haveOutputsFailed || enabled == nil
    status.staleOrders = staleOrders
  }

  /// Sends a tick's decision to the actuators. Outputs that are held safe from outside the loop stay so until a tick
  /// disarms.
  func actuate(_ frame: Frame) {
    let isHeldSafe = loopGuard.holdsOutputs
    let isArmed = frame.value(armed) ?? false
    if isHeldSafe, !isArmed { loopGuard.reset() }
    drive(isHeldSafe ? safe.frame : frame)
    // A watcher that has tripped in between may have had its say before this tick had: the last word is safe.
    if !isHeldSafe, isArmed, loopGuard.holdsOutputs { drive(safe.frame) }
    // With a chip on a bus the bus's thread takes this time, when the chip has its orders.
    if !hasChips, sampleTime != 0 { actuation.record(clock.now().nanoseconds &- sampleTime) }
    let isStopped = mode.map { frame[$0] == stopped } ?? false
    lines.show(LampSignal(isArmed: isArmed, hasFault: isStopped || (frame.value(inForce) ?? 0) > 0))
  }

  private func drive(_ frame: Frame) {
    let isEnabled = frame.value(armed) ?? false
    // Power goes last and comes off first.
    if !isEnabled { setEnable(false) }
    send(frame)
    if let processorOutputs { haveOutputsFailed = !processorOutputs { $0.apply(frame) } }
    if isEnabled { setEnable(true) }
  }

  /// Puts every output to its safe value: the enable line inactive, all else as planned. Again until they accept, for
  /// 300 ms at most.
  func makeSafe() {
    let end = clock.now().advanced(nanoseconds: Self.safeEffort)
    repeat {
      actuate(safe.frame)
      if enabled != nil, !haveOutputsFailed { return }
      clock.sleep(until: clock.now().advanced(milliseconds: 2))
    } while clock.now() < end
  }

  /// The same from another thread, while the loop's own may hang: the buses' threads see for themselves that the outputs
  /// are held safe. Returns whether lines and pulses have accepted.
  ///
  /// The lines come last, and the guard's process begins with them: whatever hangs, one of the two has done the rest.
  func makeSafeFromOutside() -> Bool {
    for bus in buses where bus.hasActuators { bus.slots.bell.ring() }
    var isSafe = true
    for pulse in safety.pulses { isSafe = pulse.set() && isSafe }
    for line in safety.lines {
      do throws(LineError) {
        try line.set(line.isSafeActive)
      } catch {
        // The others are made safe nevertheless.
        isSafe = false
      }
    }
    do throws(LineError) {
      try enable?.set(false)
    } catch {
      isSafe = false
    }
    return isSafe
  }

  private func send(_ frame: Frame) {
    let times = OrderTimes(time: tickTime, sampleTime: sampleTime)
    for index in orders.indices where index < orderSlots.count {
      guard let slot = orderSlots[index], let bell = bells[index] else { continue }
      deliveries[index].ordered = tickTime
      // Between the two calls, since the patch would be counted across one.
      let draft = slot { $0.draft(times) }
      orders[index].read(frame, into: draft)
      slot { $0.publish() }
      bell { $0.ring() }
    }
  }

  private func setEnable(_ active: Bool) {
    guard let enableLine, enabled != active else { return }
    enabled = enableLine { line in
      do throws(LineError) {
        try line.set(active)
        return active
      } catch {
        return nil
      }
    }
  }
}
