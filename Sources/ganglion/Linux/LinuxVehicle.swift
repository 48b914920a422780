import ControlLoop
import HardwareInterfaces
import LinuxHardware
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
  /// The slots and lines above, as the loop uses them.
  private var reports = InlineArray<8, Borrowed<LatestValue<BusReport>>?>(repeating: nil)
  private let orders: (slot: Borrowed<LatestValue<PulseOrder>>, bell: Borrowed<Bell>)?
  private let enableLine: Borrowed<OutputLine>?
  private let pulseOutputs: Borrowed<KernelPulses>?
  private let bridgeOutputs: Borrowed<BridgeOutputs>?
  private let clock = SystemClock()
  /// How long outputs that do not accept their safe values at the end are tried again, in ns.
  private static let safeEffort: Int64 = 300_000_000
  private let safeOutput: TickOutput
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

  /// A vehicle whose slots and lines these are.
  init(
    _ configuration: Configuration, buses: [BusSlots], motorBus: BusSlots?, kernelPulses: KernelPulses?,
    bridges: BridgeOutputs?, enable: OutputLine?, lines: LineSlots, loopGuard: LoopGuard
  ) {
    (self.buses, self.motorBus, self.kernelPulses) = (buses, motorBus, kernelPulses)
    (self.bridges, self.enable, self.lines, self.loopGuard) = (bridges, enable, lines, loopGuard)
    for (index, bus) in buses.prefix(reports.count).enumerated() { reports[index] = Borrowed(bus.report) }
    orders = motorBus.map { (Borrowed($0.orders), Borrowed($0.bell)) }
    enableLine = enable.map { Borrowed($0) }
    pulseOutputs = kernelPulses.map { Borrowed($0) }
    bridgeOutputs = bridges.map { Borrowed($0) }
    var safe = TickOutput()
    safe.pulses = configuration.safePulses
    safeOutput = safe
    ordersStaleAfter = configuration.actuators.staleAfter
    motorReport = motorBus.flatMap { bus in buses.firstIndex { $0 === bus } }
  }

  /// The newest readings of all buses. An output that does not follow its commands is a fault of the actuators.
  func collectSamples(until time: MonotonicTime) -> SensorReadings {
    var readings = SensorReadings()
    var taken = takenAt
    for index in reports.indices {
      guard let report = reports[index] else { break }
      report {
        let latest = $0.latest
        readings.take(from: latest.readings)
        if index == motorReport { taken = latest.taken }
      }
    }
    tickTime = time.nanoseconds
    // A loop that was late itself left no order behind for which the bus could be blamed.
    if taken != takenAt || taken == orderedAt { pendingSince = tickTime }
    takenAt = taken
    areOrdersStale =
      motorReport != nil && readings.actuatorFault == .none && tickTime &- pendingSince > ordersStaleAfter
    if pulsesFailed || enabled == nil || areOrdersStale { readings.actuatorFault = .transfer }
    if loopGuard.holdsOutputs { readings.actuatorFault = .notReady }
    // Everything obeys; but it would not be made safe if this process died.
    if readings.actuatorFault == .none, loopGuard.isUnguarded { readings.actuatorFault = .unguarded }
    sampleTime = readings.inertial.sequence > 0 ? readings.inertial.time.nanoseconds : 0
    return readings
  }

  /// Adds what is known beside the readings, as of the last `collectSamples`.
  func describe(_ status: inout LoopStatus) {
    status.identities = SensorIdentities()
    for index in reports.indices {
      guard let report = reports[index] else { break }
      report {
        let latest = $0.latest
        status.identities.take(from: latest.identities)
        status.buses[index] = latest.statistics
      }
    }
    status.haveOutputsFailed = pulsesFailed || enabled == nil
    status.areOrdersStale = areOrdersStale
  }

  /// Whether the kill switch is pulled, or was since the last call, or cannot be known at `time`.
  func takeKillSwitch(_ time: MonotonicTime) -> Bool { lines.takeKillSwitch(time) }

  /// Sends a tick's decision to the actuators. Outputs that are held safe from outside the loop stay so until a tick
  /// disarms.
  func actuate(_ output: TickOutput) {
    let isHeldSafe = loopGuard.holdsOutputs
    if isHeldSafe, !output.enable { loopGuard.reset() }
    drive(output, isHeldSafe: isHeldSafe)
    // A watcher that has tripped in between may have had its say before this tick had: the last word is safe.
    if !isHeldSafe, output.enable, loopGuard.holdsOutputs { drive(output, isHeldSafe: true) }
    // With a chip on a bus the bus's thread takes this time, when the chip has the pulses.
    if orders == nil, sampleTime != 0 { actuation.record(clock.now().nanoseconds &- sampleTime) }
    lines.show(LampSignal(output))
  }

  private func drive(_ output: TickOutput, isHeldSafe: Bool) {
    let isEnabled = output.enable && !isHeldSafe
    // Power goes last and comes off first.
    if !isEnabled { setEnable(false) }
    send(isHeldSafe ? safeOutput.pulses : output.pulses)
    if let bridgeOutputs {
      pulsesFailed = !bridgeOutputs { isHeldSafe ? $0.apply(safeOutput) : $0.apply(output) }
    }
    if isEnabled { setEnable(true) }
  }

  /// Puts every output to its safe value: the enable line inactive, the motors' safe pulses. Again until they accept, for
  /// 300 ms at most.
  func makeSafe() {
    let end = clock.now().advanced(nanoseconds: Self.safeEffort)
    repeat {
      actuate(safeOutput)
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

  private func send(_ pulses: FixedVector<8>) {
    if let orders {
      orderedAt = tickTime
      orders.slot { $0.publish(PulseOrder(widths: pulses, time: tickTime, sampleTime: sampleTime)) }
      orders.bell { $0.ring() }
    }
    if let pulseOutputs { pulsesFailed = !pulseOutputs { $0.set(pulses) } }
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
