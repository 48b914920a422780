import Control
import FlightLog
import HardwareInterfaces
import Signals

/// In how many ticks a device stood at the end of its range while the vehicle was not disarmed: what it measures was
/// beyond what it can say.
///
/// It runs in the loop's tick; see `FlagTally`.
struct RangeTally: ~Copyable {
  /// A device's fault, and in how many ticks it was this one.
  private struct Row: BitwiseCopyable {
    let place: SignalIndex<UInt8>
    var ticks: UInt64 = 0
  }

  private let devices: [RangeCounts.Entry]
  private let mode: SignalIndex<UInt8>?
  private let rows: UnsafeMutableBufferPointer<Row>

  /// Nothing counted yet of a vehicle with these signals. `paths` are the keys of devices in the configuration, by their names.
  ///
  /// - Parameter always: Whether ticks count in which the vehicle is disarmed, too: in a recording somebody else flies.
  init(_ table: SignalTable, paths: [String: String] = [:], always: Bool = false) {
    let keys = VoteSignals.deviceKeys(table)
    var (devices, rows) = ([RangeCounts.Entry](), [Row]())
    for device in table.deviceNames where table["\(device).fault"]?.kind == .deviceFault {
      guard let place = table.index(of: "\(device).fault", as: UInt8.self) else { continue }
      rows.append(Row(place: place))
      devices.append(
        RangeCounts.Entry(
          key: keys[device] ?? device, path: paths[device] ?? device,
          what: DeviceKind(device, table)?.measured ?? "what it measures",
          ticks: 0))
    }
    (self.devices, self.rows) = (devices, .tally(rows))
    mode = always ? nil : SafetySignals(table).mode
  }

  deinit { rows.deallocate() }

  /// Takes note of a tick.
  mutating func note(_ frame: Frame) {
    if let mode, frame[mode] == 0 { return }
    for index in rows.indices where frame[rows[index].place] == DeviceFault.endOfRange.rawValue {
      rows[index].ticks &+= 1
    }
  }

  /// What was counted.
  var counts: RangeCounts {
    var entries = devices
    for index in rows.indices { entries[index].ticks = rows[index].ticks }
    return RangeCounts(entries: entries.filter { $0.ticks > 0 })
  }
}

/// What was counted, for people and machines; only what happened.
public struct RangeCounts: Sendable {
  /// By the device's key for machines, what is beyond its range, and in how many ticks.
  public struct Entry: Sendable {
    /// The device's key for machines.
    public var key: String
    /// The device's whole key in the configuration, for example `devices.left`.
    public var path: String
    /// What was beyond its range.
    public var what: String
    /// Ticks in which it happened.
    public var ticks: UInt64
  }

  /// What was counted, device by device.
  public var entries: [Entry] = []

  /// A line for people each.
  public var lines: [String] {
    entries.map {
      "sensors         \($0.path) stood at the end of its range in \($0.ticks) ticks: \($0.what) was beyond it"
    }
  }

  /// For machines.
  public var json: [String: UInt64] { Dictionary(entries.map { ($0.key, $0.ticks) }) { first, _ in first } }

  /// For the run's record in the log.
  public var record: (key: String, value: String) {
    ("sensors_beyond_range_ticks", entries.map { "\($0.key) \($0.ticks)" }.joined(separator: ", "))
  }
}
