import Devices
import LinuxHardware
import Signals
import VehicleConfiguration

/// What is asked of a vehicle on this machine: by its profile, where that may, and by programs at its sockets.
///
/// It runs in the loop, and takes at most `SocketCommands.mostInTick` datagrams in a tick.
struct LinuxCommands: ~Copyable {
  private var profile: ProfileCommands
  private var sockets: SocketCommands
  private let descriptors: UnsafeMutableBufferPointer<Int32>
  private let room: UnsafeMutableRawBufferPointer
  /// The socket that is looked at first: another in each tick, so that a flood at one starves no other.
  private var first = 0

  /// - Parameter descriptors: Those of the sockets, in the order of the list; they outlive this.
  init(_ list: CommandList, _ table: SignalTable, descriptors: [Int32], profileMayCommand: Bool) {
    profile = ProfileCommands(list, table, mayCommand: profileMayCommand)
    sockets = SocketCommands(list, table)
    self.descriptors = .allocate(capacity: descriptors.count)
    _ = self.descriptors.initialize(from: descriptors)
    room = .allocate(byteCount: CommandRecord.mostBytes, alignment: 8)
  }

  deinit {
    descriptors.deallocate()
    room.deallocate()
  }

  /// Puts what is asked for in the tick at `now` into a frame: `time` ns after the first tick, `elapsed` ns after the one before.
  mutating func put(at time: Int64, elapsed: Int64, now: Int64, _ frame: Frame) {
    profile.put(at: time, elapsed: elapsed, now: now, frame)
    guard !descriptors.isEmpty else { return }
    var taken = 0
    var looked = 0
    while looked < descriptors.count, taken < SocketCommands.mostInTick {
      let place = (first &+ looked) % descriptors.count
      while taken < SocketCommands.mostInTick,
        let datagram = CommandSocket.receive(descriptors[place], into: room)
      {
        taken &+= 1
        // One that was cut is longer than any record, and is refused for its length.
        let bytes = UnsafeRawBufferPointer(rebasing: room[..<min(datagram.length, room.count)])
        sockets.take(place, bytes, from: datagram.process, now: now, frame)
      }
      looked &+= 1
    }
    first = (first &+ 1) % descriptors.count
  }
}
