import Devices
import HardwareInterfaces
import PortableMath
import Signals

/// Makes readings of what is seen of lines: whoever has them, a thread or a simulated board, tells it of edges and levels.
///
/// Never called by two threads at once. What it reads lies in a frame of its own, and the loop sees the part of it that is the lines'.
public final class LineWorker {
  /// The devices that are lines, in the order of the configuration.
  public let devices: [DeviceDeclaration]
  /// The part of a frame that holds what is read of them.
  public let readings: FramePatch
  private var rows: [Row]
  private let memory: FrameMemory

  private struct Row {
    var reader: LineReader
    var count: UInt32 = 0
    let places: DevicePlaces
  }

  /// A worker for those of `devices` that are lines.
  ///
  /// - Parameter table: The signals of the frames that readings go into.
  public init(_ devices: [DeviceDeclaration], table: SignalTable) {
    self.devices = devices.filter { $0.line != nil }
    let owners = Set(self.devices.map(\.name))
    readings = FramePatch(table) {
      if case .device(let owner, _) = $0.origin { owners.contains(owner) } else { false }
    }
    memory = FrameMemory(table)
    rows = self.devices.compactMap { device in
      device.line.map { Row(reader: LineReader($0.use), places: DevicePlaces(device, table)) }
    }
    for row in rows { row.places.putPresent(memory.frame) }
  }

  /// What is read.
  public var frame: Frame { memory.frame }

  /// The level of a line, by its place in `devices`, as its newest edge or look left it; `nil` before the first.
  public func level(of place: Int) -> Bool? { rows[place].reader.level }

  /// When the level of a line will have lasted long enough to count; `nil` when it counts already.
  public func due(_ place: Int) -> MonotonicTime? { rows[place].reader.due }

  /// Takes an edge of a line that came at `time`, in ns, as one that is known at `now`.
  public func take(_ place: Int, edge time: Int64, becameActive: Bool, now: MonotonicTime) {
    rows[place].reader.take(edge: time, becameActive: becameActive, now: now.nanoseconds)
  }

  /// Takes note that edges of a line were not reported.
  public func lose(_ place: Int, edges: UInt32) { rows[place].reader.lose(edges) }

  /// Takes the level of a line at `now`, by when all of its reported edges were taken: that is a reading.
  public func look(_ place: Int, isActive: Bool, now: MonotonicTime) {
    let sample = rows[place].reader.look(isActive: isActive, now: now.nanoseconds)
    rows[place].count.countReading()
    rows[place].places.put(time: now, count: rows[place].count, memory.frame) {
      sample.value(ofChannel: $0)
    }
    rows[place].places.put(.none, memory.frame)
  }

  /// Takes note that a line cannot be read: what was read of it stays, grows old, and has a fault.
  public func fail(_ place: Int, _ error: LineError) {
    rows[place].places.put(error == .gone ? .missing : .transfer, memory.frame)
  }
}
