import Control
import Files
import FlightLog
import LinuxHardware
import Signals
import VehicleConfiguration

/// The log of a run on this machine: the ring that the loop fills, and the thread that empties it.
final class LinuxLog {
  /// Where the loop's ticks go.
  let ring: TickRing
  private let thread: LogWriterThread

  /// Begins a log of one part in `sink`.
  convenience init(_ loaded: LoadedVehicle, sink: sending any LogSink) throws {
    try self.init(loaded, parts: SingleLogPart(sink))
  }

  /// Begins a log whose parts go where `parts` says.
  init(_ loaded: LoadedVehicle, parts: sending any LogPartSource) throws {
    let configuration = loaded.tables
    var extra = loaded.overrides
    extra["started"] = currentTime()
    extra["machine"] = Self.machine
    let table = try loaded.makeTable()
    let ring = TickRing(capacity: configuration.log.ringTicks, of: table)
    self.ring = ring
    thread = try LogWriterThread(
      ring: ring,
      writer: FlightLogWriter(
        parts: parts, signals: table, configuration: Array(configuration.text.utf8),
        models: loaded.modelBytes, calibration: loaded.calibrationBytes,
        stateEvery: configuration.log.networkStateEvery,
        metadata: FlightLogMetadata(
          version: ganglionVersion, backend: Backend.linux.rawValue, seed: 0,
          tickRate: Double(configuration.loop.rateHz), extra: extra)))
  }

  /// Why the log can no longer be written; `nil` while it can.
  var failure: String? { thread.failure?.description }

  /// What an owner must know of a log that is still written: that the disk does not keep up with it.
  var complaints: [String] {
    guard ring.droppedCount > 0, failure == nil else { return [] }
    return ["log: ticks are missing in it: the disk is too slow for it, or hangs"]
  }

  /// Ends the log with what was measured. Says what kept it from being written to its end.
  func finish(_ outcome: LinuxOutcome) -> String? {
    do throws(LogError) {
      try thread.stop(closing: RunRecord(outcome).entries)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Kernel and machine, for whoever reads the log later.
  private static var machine: String {
    let files = SystemFiles()
    let model = files.text("/proc/device-tree/model") ?? ""
    let release = files.text("/proc/sys/kernel/osrelease") ?? ""
    return [model, "Linux \(release)"].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

/// What a run adds to its log when it ends: real time, latencies, buses.
struct RunRecord {
  /// In the order in which they stand in the log.
  let entries: [(key: String, value: String)]

  init(_ outcome: LinuxOutcome) {
    var entries: [(key: String, value: String)] = []
    for grant in outcome.grants {
      entries.append(("realtime: \(grant.name)", grant.isObtained ? "yes" : "no (\(grant.reason))"))
    }
    for entry in outcome.loop.latencies.all where entry.histogram.total > 0 {
      entries.append(("latency_us: \(entry.name)", entry.histogram.summary))
      // Upper ends in ns and counts: the whole histogram, for whoever wants to add some up.
      entries.append(
        (
          "histogram_ns: \(entry.name)",
          entry.histogram.buckets.map { "\($0.upTo):\($0.count)" }.joined(separator: " ")
        ))
    }
    for bus in outcome.buses {
      let s = bus.statistics
      entries.append(
        (
          "bus: \(bus.name)",
          "\(s.transfers) transfers, \(s.repetitions) repeated, \(s.failures) failed, adapter back \(s.reopened) times, "
            + "\(s.busy) ns busy"
        ))
    }
    let loop = outcome.loop
    entries.append(
      ("ticks", "\(loop.last.ticks), \(loop.last.missed) missed, at most \(loop.longestGap) in a row"))
    entries += [loop.told.network.record, loop.told.range.record]
    entries.append(("page_faults", "\(loop.pageFaults.major) major, \(loop.pageFaults.minor) minor"))
    self.entries = entries
  }
}
