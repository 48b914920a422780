import HardwareInterfaces
import LinuxHardware

/// What this machine has that a vehicle could use.
package struct MachineProbe {
  /// An I2C adapter, and what answers on it.
  package struct Adapter {
    package var adapter: I2CAdapter
    package var findings: [ChipFinding] = []
    /// Why it was not looked at, or not to the end.
    package var trouble: String?
  }

  /// A GPIO chip and its lines.
  package struct Lines {
    package var chip: GPIOChip
    package var lines: [GPIOLine]
    /// Lines that must not be taken, and why.
    package var conflicts: [Int: String] = [:]
  }

  package var adapters: [Adapter] = []
  package var gpio: [Lines] = []
  /// Why GPIO chips that are there cannot be looked at.
  package var gpioTrouble: String?
  package var pwm: [PWMChip] = []
  package var realTime: [RealTimeGrant] = []
  /// The kernel's preemption, and processors that it keeps free.
  package var kernel: String
  package var isolatedProcessors: String?

  /// Looks at the machine; at one adapter alone when `only` names it.
  package init<I2C: I2CSystem>(_ systems: LinuxSystems<I2C>, only: String?) throws(LinuxError) {
    let files = systems.files
    let all = I2CAdapters(files)
    adapters =
      try only.map { name throws(LinuxError) in [try all.find(name)] }?.map { Adapter(adapter: $0) }
      ?? all.all.map { Adapter(adapter: $0) }
    kernel = Self.kernel(files)
    let isolated = files.text("/sys/devices/system/cpu/isolated")
    isolatedProcessors = isolated == "" ? nil : isolated
    for index in adapters.indices { Self.scan(&adapters[index], all, systems.i2c) }
    let chips = GPIOChips(files, system: systems.gpio)
    let conflicts = PinConflicts(files)
    for chip in chips.all {
      var entry = Lines(chip: chip, lines: chips.lines(of: chip))
      for (offset, line) in entry.lines.enumerated() {
        do throws(LinuxError) {
          try conflicts.check(LinePlace(chip: chip, offset: offset, name: line.name))
        } catch {
          entry.conflicts[offset] = error.what
        }
      }
      gpio.append(entry)
    }
    if gpio.isEmpty, !chips.paths.isEmpty {
      do throws(LinuxError) {
        _ = try chips.find(chip: nil, line: "")
      } catch {
        gpioTrouble = "\(error)"
      }
    }
    pwm = PWMChips(files).all
    realTime = try Self.realTime(systems)
  }

  private static func scan<I2C: I2CSystem>(_ entry: inout Adapter, _ all: I2CAdapters, _ system: I2C) {
    let adapter = entry.adapter
    do throws(LinuxError) {
      var bus = try LinuxI2CBus(
        path: adapter.path, options: I2COptions(timeoutMilliseconds: 20, retries: 0), system: system)
      let probe = ChipProbe(bus: adapter.device, hasQuickWrite: bus.functions.contains(.quick)) {
        all.owner(of: $0, on: adapter)
      }
      (entry.findings, entry.trouble) = probe.scan(&bus)
    } catch {
      entry.trouble = "\(error)"
    }
  }

  /// Asks for what the loop would ask for, in a thread of its own, and gives it back.
  private static func realTime<I2C: I2CSystem>(_ systems: LinuxSystems<I2C>) throws(LinuxError)
    -> [RealTimeGrant]
  {
    let process = ProcessRealTime(
      locksMemory: true, latency: 0, system: systems.realTime, files: systems.files)
    let thread = try RealTimeThread(
      "loop", scheduling: ThreadScheduling(priority: 60), system: systems.realTime
    ) {}
    thread.join()
    return process.grants + thread.grants
  }

  private static func kernel(_ files: SystemFiles) -> String {
    let release = files.text("/proc/sys/kernel/osrelease") ?? "unknown"
    let version = files.text("/proc/sys/kernel/version") ?? ""
    let kind = ["PREEMPT_RT", "PREEMPT_DYNAMIC", "PREEMPT"].first { version.contains($0) }
    return kind.map { "\(release), \($0)" } ?? release
  }
}
