import Devices
import Signals
import VehicleConfiguration

/// What programs ask for at local sockets, put into a frame: a row for each source of that kind, in the order of the list.
///
/// It runs in the loop: its memory is taken when it is made, and nothing in it counts references.
struct SocketCommands: ~Copyable {
  /// A source: what it was last asked for, and where that goes.
  private struct Row: ~Copyable {
    var reader: CommandReader
    let time: SignalIndex<Int64>?
    let count, refused: SignalIndex<UInt32>?
    let takes, arm: SignalIndex<Bool>?
    let numbers: UnsafeMutableBufferPointer<SignalIndex<Float>?>
    let flags: UnsafeMutableBufferPointer<SignalIndex<Bool>?>

    init(_ source: CommandSource, _ table: SignalTable) {
      let name = source.name
      reader = CommandReader(
        digest: source.digest, limits: source.signals.map { Float($0.lowest)...Float($0.highest) },
        flags: source.flags.count, staleAfter: source.staleAfter)
      (time, count) = (table.index(of: "\(name).time"), table.index(of: "\(name).count"))
      (refused, takes) = (table.index(of: "\(name).refused"), table.index(of: "\(name).takes"))
      arm = table.index(of: "\(name).arm")
      numbers = .allocate(capacity: source.signals.count)
      _ = numbers.initialize(from: source.signals.map { table.index(of: "\(name).\($0.name)") })
      flags = .allocate(capacity: source.flags.count)
      _ = flags.initialize(from: source.flags.map { table.index(of: "\(name).\($0)") })
    }

    deinit {
      numbers.deallocate()
      flags.deallocate()
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer, from process: Int32, now: Int64, _ frame: Frame) {
      let refusal = reader.take(bytes, from: process, now: now)
      frame.put(reader.refused, refused)
      guard refusal == nil else { return }
      frame.put(reader.time, time)
      frame.put(reader.heard, count)
      frame.put(reader.arm, arm)
      frame.put(reader.takes, takes)
      var place = 0
      while place < min(numbers.count, reader.count) {
        frame.put(reader[place], numbers[place])
        place &+= 1
      }
      place = 0
      while place < flags.count {
        frame.put(reader.flags >> UInt32(place) & 1 != 0, flags[place])
        place &+= 1
      }
    }
  }

  /// Datagrams that a tick takes at most, of all sources together: what is more waits for the next.
  static let mostInTick = 4

  private let rows: UnsafeMutablePointer<Row>
  /// How many sources there are.
  let count: Int

  /// The sources at sockets of a list, in the frames of a table.
  init(_ list: CommandList, _ table: SignalTable) {
    let sources = list.sources.filter { $0.kind == .socket }
    count = sources.count
    rows = .allocate(capacity: max(sources.count, 1))
    for (place, source) in sources.enumerated() { (rows + place).initialize(to: Row(source, table)) }
  }

  deinit {
    rows.deinitialize(count: count)
    rows.deallocate()
  }

  /// Takes a datagram that came for the source at `place` from a process, by the tick of `now` in ns.
  mutating func take(
    _ place: Int, _ bytes: UnsafeRawBufferPointer, from process: Int32, now: Int64, _ frame: Frame
  ) {
    guard place >= 0, place < count else { return }
    rows[place].take(bytes, from: process, now: now, frame)
  }
}
