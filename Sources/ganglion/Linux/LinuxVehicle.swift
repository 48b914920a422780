import ControlLoop
import HardwareInterfaces
import LinuxHardware
import Signals
import Synchronization

/// A vehicle of real chips and lines: the loop's side of the threads that serve them.
///
/// Nothing here waits for a bus: readings come out of slots, pulses go into them. The loop itself only switches the
/// enable line and the directions of bridges, when they change, and writes the kernel's PWM.
final class LinuxVehicle: Vehicle, @unchecked Sendable {
  // Sendable: the loop's thread has it alone but for `makeSafeFromOutside`, which uses only what may be shared.
  private let buses: [BusSlots]
  private let motorBus: BusSlots?
  private let kernelPulses: KernelPulses?
  private let bridges: BridgeOutputs?
  private let enable: OutputLine?
  private let lines: LineSlots
  private let loopGuard: LoopGuard
  /// Which part of a frame each bus reads, and what goes to the motors' bus.
  private let readings: [FramePatch]
  private let motorOrders: FramePatch?
  private let outside: OutsidePlaces
  private let places: ActuationPlaces
  private let conditions: SafetyFlags
  private let mode: SignalIndex<UInt8>?
  /// When the sensor was read, and how often, whose samples the latencies count from.
  private let sampleTimePlace: SignalIndex<Int64>?
  /// A frame that says what is safe: nothing armed, the motors' safe pulses.
  private let safe: FrameMemory
  /// The slots and lines above, as the loop uses them.
  private var reports = InlineArray<8, Borrowed<LatestValue<BusReport>>?>(repeating: nil)
  private var newest = InlineArray<8, Borrowed<LatestBytes>?>(repeating: nil)
  private let orders: (slot: Borrowed<LatestBytes>, bell: Borrowed<Bell>)?
  private let enableLine: Borrowed<OutputLine>?
  private let pulseOutputs: Borrowed<KernelPulses>?
  private let bridgeOutputs: Borrowed<BridgeOutputs>?
  private let clock = SystemClock()
  /// How long outputs that do not accept their safe values at the end are tried again, in ns.
  private static let safeEffort: Int64 = 300_000_000
  /// The level that the enable line was last given; `nil` when that failed.
  private var enabled: Bool? = false
  private var pulsesFailed = false
  private var sampleTime: Int64 = 0
  /// When the tick began, when the last one began that sent an order to the motors' bus, the newest whose order the bus has
  /// carried out, and since when it has carried out nothing although there were orders; in ns.
  private var tickTime: Int64 = 0
  private var orderedAt: Int64 = 0
  private var takenAt: Int64 = 0
  private var pendingSince: Int64 = 0
  private var areOrdersStale = false
  /// Time in ns after which orders that nobody carries out are a fault.
  private let ordersStaleAfter: Int64
  private let motorReport: Int?
  /// Time from a sample to the kernel's PWM, when that makes the pulses. Read only when the loop has ended, so that no
  /// access needs to be checked.
  @exclusivity(unchecked) private(set) var actuation = LatencyHistogram()

  /// A vehicle whose threads and lines these are, over frames of `table`.
  init<System: I2CSystem>(
    _ configuration: Configuration, _ table: SignalTable, buses: [BusThread<System>], motorBus: Int?,
    kernelPulses: KernelPulses?, bridges: BridgeOutputs?, enable: OutputLine?, lines: LineSlots,
    loopGuard: LoopGuard
  ) {
    self.buses = buses.map(\.slots)
    self.motorBus = motorBus.map { buses[$0].slots }
    (readings, motorOrders) = (buses.map(\.readings), motorBus.map { buses[$0].orders })
    (self.kernelPulses, self.bridges) = (kernelPulses, bridges)
    (self.enable, self.lines, self.loopGuard) = (enable, lines, loopGuard)
    (outside, places) = (OutsidePlaces(table), ActuationPlaces(configuration, table))
    (conditions, mode) = (SafetyFlags(conditionsOf: table), table.index(of: "safety.mode"))
    sampleTimePlace = configuration.pacemaker.flatMap { table.index(of: "\($0).time") }
    safe = FrameMemory(table)
    places.makeSafe(configuration, safe.frame)
    for (index, bus) in buses.prefix(reports.count).enumerated() {
      reports[index] = Borrowed(bus.slots.report)
      newest[index] = Borrowed(bus.slots.readings)
    }
    orders = self.motorBus.map { (Borrowed($0.orders), Borrowed($0.bell)) }
    enableLine = enable.map { Borrowed($0) }
    pulseOutputs = kernelPulses.map { Borrowed($0) }
    bridgeOutputs = bridges.map { Borrowed($0) }
    ordersStaleAfter = configuration.actuators.staleAfter
    motorReport = motorBus
  }

  /// The newest readings of all buses. An output that does not follow its commands is a fault of the actuators.
  func collectSamples(until time: MonotonicTime, into frame: Frame) {
    var (taken, fault) = (takenAt, DeviceFault.none)
    for index in readings.indices {
      guard let report = reports[index], let bytes = newest[index] else { break }
      bytes { readings[index].write($0.latest, to: frame) }
      report {
        let latest = $0.latest
        if index == motorReport { taken = latest.taken }
        if latest.actuatorFault != .none { fault = latest.actuatorFault }
      }
    }
    tickTime = time.nanoseconds
    // A loop that was late itself left no order behind for which the bus could be blamed.
    if taken != takenAt || taken == orderedAt { pendingSince = tickTime }
    takenAt = taken
    areOrdersStale = motorReport != nil && fault == .none && tickTime &- pendingSince > ordersStaleAfter
    if pulsesFailed || enabled == nil || areOrdersStale { fault = .transfer }
    if loopGuard.holdsOutputs { fault = .notReady }
    // Everything obeys; but it would not be made safe if this process died.
    if fault == .none, loopGuard.isUnguarded { fault = .unguarded }
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
    status.haveOutputsFailed = pulsesFailed || enabled == nil
    status.areOrdersStale = areOrdersStale
  }

  /// Sends a tick's decision to the actuators. Outputs that are held safe from outside the loop stay so until a tick
  /// disarms.
  func actuate(_ frame: Frame) {
    let isHeldSafe = loopGuard.holdsOutputs
    let isArmed = places.isArmed(frame)
    if isHeldSafe, !isArmed { loopGuard.reset() }
    drive(isHeldSafe ? safe.frame : frame)
    // A watcher that has tripped in between may have had its say before this tick had: the last word is safe.
    if !isHeldSafe, isArmed, loopGuard.holdsOutputs { drive(safe.frame) }
    // With a chip on a bus the bus's thread takes this time, when the chip has the pulses.
    if orders == nil, sampleTime != 0 { actuation.record(clock.now().nanoseconds &- sampleTime) }
    let isTerminated = frame.value(mode) == VehicleMode.terminated.rawValue
    lines.show(LampSignal(isArmed: isArmed, hasFault: isTerminated || conditions.areAnySet(frame)))
  }

  private func drive(_ frame: Frame) {
    let isEnabled = places.isArmed(frame)
    // Power goes last and comes off first.
    if !isEnabled { setEnable(false) }
    send(frame)
    if let bridgeOutputs {
      let duties = places.duties(frame)
      pulsesFailed = !bridgeOutputs { $0.apply(duties) }
    }
    if isEnabled { setEnable(true) }
  }

  /// Puts every output to its safe value: the enable line inactive, the motors' safe pulses. Again until they accept, for
  /// 300 ms at most.
  func makeSafe() {
    let end = clock.now().advanced(nanoseconds: Self.safeEffort)
    repeat {
      actuate(safe.frame)
      if enabled != nil, !pulsesFailed { return }
      clock.sleep(until: clock.now().advanced(milliseconds: 2))
    } while clock.now() < end
  }

  /// The same from another thread, while the loop's own may hang: the buses' threads see for themselves that the outputs
  /// are held safe. Returns whether lines and pulses have accepted.
  ///
  /// The lines come last, and the guard's process begins with them: whatever hangs, one of the two has done the rest.
  func makeSafeFromOutside() -> Bool {
    motorBus?.bell.ring()
    var isSafe = true
    for pulse in kernelPulses?.safePulses ?? [] { isSafe = pulse.set() && isSafe }
    if let bridges, !bridges.openFromOutside() { isSafe = false }
    do throws(LineError) {
      try enable?.set(false)
    } catch {
      isSafe = false
    }
    return isSafe
  }

  private func send(_ frame: Frame) {
    if let orders, let motorOrders {
      orderedAt = tickTime
      let times = OrderTimes(time: tickTime, sampleTime: sampleTime)
      orders.slot { $0.publish(times, motorOrders, of: frame) }
      orders.bell { $0.ring() }
    }
    if let pulseOutputs { pulsesFailed = !pulseOutputs { $0.set(frame, places) } }
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
