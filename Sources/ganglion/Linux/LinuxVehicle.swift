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
  private let safeOutput: TickOutput
  /// The level that the enable line was last given; `nil` when that failed.
  private var enabled: Bool? = false
  private var pulsesFailed = false
  private var sampleTime: Int64 = 0
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
  }

  /// The newest readings of all buses. An output that does not follow its commands is a fault of the actuators.
  func collectSamples(until time: MonotonicTime) -> SensorReadings {
    var readings = SensorReadings()
    for index in reports.indices {
      guard let report = reports[index] else { break }
      report { readings.take(from: $0.latest.readings) }
    }
    if pulsesFailed || enabled == nil { readings.actuatorFault = .transfer }
    if loopGuard.isTripped { readings.actuatorFault = .notReady }
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
  }

  /// Whether the kill switch is pulled, or was since the last call.
  func takeKillSwitch() -> Bool { lines.takeKillSwitch() }

  /// Sends a tick's decision to the actuators. Outputs that were made safe from outside the loop stay so until a tick
  /// disarms.
  func actuate(_ output: TickOutput) {
    let isHeldSafe = loopGuard.isTripped
    if isHeldSafe, !output.enable { loopGuard.reset() }
    let isEnabled = output.enable && !isHeldSafe
    // Power goes last and comes off first.
    if !isEnabled { setEnable(false) }
    send(isHeldSafe ? safeOutput.pulses : output.pulses)
    if let bridgeOutputs {
      pulsesFailed = !bridgeOutputs { isHeldSafe ? $0.apply(safeOutput) : $0.apply(output) }
    }
    if isEnabled { setEnable(true) }
    // With a chip on a bus the bus's thread takes this time, when the chip has the pulses.
    if orders == nil, sampleTime != 0 { actuation.record(clock.now().nanoseconds &- sampleTime) }
    lines.show(LampSignal(output))
  }

  /// Puts every output to its safe value: the enable line inactive, the motors' safe pulses.
  func makeSafe() { actuate(safeOutput) }

  /// The same from another thread, while the loop's own may hang: the buses' threads see for themselves that the guard
  /// has tripped.
  func makeSafeFromOutside() {
    do throws(LineError) {
      try enable?.set(false)
    } catch {
      // The pulses are made safe nevertheless.
    }
    kernelPulses?.makeSafe()
    bridges?.openFromOutside()
    motorBus?.bell.ring()
  }

  private func send(_ pulses: FixedVector<8>) {
    if let orders {
      orders.slot { $0.publish(PulseOrder(widths: pulses, sampleTime: sampleTime)) }
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
