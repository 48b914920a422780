extension Configuration {
  /// How the loop runs on Linux.
  public struct RealTime: ConfigurationSection, Equatable {
    /// SCHED_FIFO priorities of the loop's thread and of those that serve buses and lines; 0 asks for none.
    public var loopPriority, busPriority: Int
    /// Processor that the loop's thread stays on; `nil` for any.
    public var processor: Int?
    /// Whether the process is kept in memory.
    public var locksMemory: Bool
    /// Longest time that a processor may take to wake in µs; `nil` for as long as it likes.
    public var processorLatency: Int?
  }

  /// What watches over the loop on Linux.
  public struct Watchdog: ConfigurationSection, Equatable {
    /// Silence of the loop after which the outputs are made safe, in ns.
    public var loopStoppedAfter: Int64
    /// The machine's own watchdog; `nil` for none.
    public var device: String?
    /// Silence after which it resets the machine, in s.
    public var deviceTimeout: Int
  }
}

extension Configuration.RealTime {
  private static let loop = Key<Int>.integer(
    "loop_priority", 0...98, standard: 60, "SCHED_FIFO priority of the loop's thread; 0 asks for none.")
  private static let bus = Key<Int>.integer(
    "bus_priority", 0...98, standard: 65,
    "SCHED_FIFO priority of the threads of buses and lines, above the loop's: it waits for what they bring.")
  private static let processor = Key<Int?>.optionalInteger(
    "processor", 0...1023, absent: "any",
    "Processor that the loop's thread stays on, from 0; best one that `isolcpus` keeps free.")
  private static let memory = Key<Bool>.flag(
    "lock_memory", standard: true, "Whether the process is kept in memory, so that no tick waits for a disk.")
  private static let latency = Key<Int>.integer(
    "processor_latency_us", -1...10_000, unit: "µs", standard: 0,
    "Longest time that a processor may take to wake from sleep; -1 for as long as it likes.")

  static let schema = SectionSchema(
    path: "realtime",
    about:
      "How the loop runs on Linux: each is asked for, and reported when it is not granted. Simulation ignores it.",
    keys: [
      loop.description, bus.description, processor.description, memory.description, latency.description,
    ])

  init?(_ section: Section) {
    let (loop, bus, processor) =
      (section.read(Self.loop), section.read(Self.bus), section.read(Self.processor))
    let (memory, latency) = (section.read(Self.memory), section.read(Self.latency))
    guard let loop, let bus, let processor, let memory, let latency else { return nil }
    (self.loopPriority, self.busPriority, self.processor) = (loop, bus, processor)
    (self.locksMemory, self.processorLatency) = (memory, latency < 0 ? nil : latency)
  }
}

extension Configuration.Watchdog {
  private static let stopped = Key<Int>.integer(
    "loop_stopped_ms", 5...10_000, unit: "ms", standard: 100,
    "Silence of the loop after which all outputs are made safe from outside it; at least two periods.")
  private static let device = Key<String?>.optionalText(
    "device", absent: "none",
    "The machine's own watchdog, for example \"/dev/watchdog0\": without the loop's sign of life it resets the machine."
  )
  private static let timeout = Key<Int>.integer(
    "device_timeout_s", 1...600, unit: "s", standard: 10,
    "Silence after which that watchdog resets the machine.")

  static let schema = SectionSchema(
    path: "watchdog", about: "What watches over the loop on Linux. Simulation ignores it.",
    keys: [stopped.description, device.description, timeout.description])

  init?(_ section: Section) {
    let (stopped, device, timeout) =
      (section.read(Self.stopped), section.read(Self.device), section.read(Self.timeout))
    guard let stopped, let device, let timeout else { return nil }
    if let device, !device.hasPrefix("/dev/") {
      section.complain(
        "device", "found \"\(device)\", expected the path of a device file, for example \"/dev/watchdog0\"")
    }
    (self.loopStoppedAfter, self.device, self.deviceTimeout) = (Int64(stopped) * 1_000_000, device, timeout)
  }
}
