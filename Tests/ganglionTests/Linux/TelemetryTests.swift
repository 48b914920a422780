import FlightLog
import Foundation
import HardwareInterfaces
import LinuxHardware
import Signals
import Synchronization
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A program that watches: a socket of its own, from which it subscribes.
private final class Watcher {
  let socket: SubscriberSocket
  private let sender: Int32
  private let vehicle: String

  init(_ path: String, of vehicle: String) throws {
    socket = try SubscriberSocket(path)
    sender = socket.descriptor
    self.vehicle = vehicle
  }

  func send(_ bytes: [UInt8]) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(vehicle.utf8)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(sender, bytes, bytes.count, 0, $0, size)
      }
    }
  }

  func subscribe(every: UInt32 = 1, lease: UInt32 = 5_000) {
    send(TelemetryRecord.Subscription(every: every, lease: lease).bytes)
  }

  /// All records that have come.
  func receive() -> [[UInt8]] {
    var records: [[UInt8]] = []
    var room = [UInt8](repeating: 0, count: 20_000)
    while let length = room.withUnsafeMutableBytes({ socket.receive(into: $0)?.length }) {
      records.append(Array(room.prefix(length)))
    }
    return records
  }
}

@Suite("Telemetry of a vehicle", .serialized)
struct TelemetryTests {
  private func number(_ bytes: [UInt8], _ place: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  @Test("what the layout says of each signal is what the tick's record holds, and no two overlap")
  func layout() throws {
    let vehicle = try LoadedVehicle(path: shippedConfiguration)
    let table = try vehicle.makeTable()
    let layout = TelemetryLayout(table)
    let memory = FrameMemory(table)
    let patch = FramePatch(recordOf: table)
    #expect(layout.length == patch.size && layout.places.count == table.signals.count(where: \.isLogged))
    var taken = Set<Int>()
    for place in layout.places {
      let bytes = try #require(table.bytes(of: place.signal.name))
      for offset in place.offset..<place.offset + bytes.count { #expect(taken.insert(offset).inserted) }
      let mark = UInt8.random(in: 1...255)
      (memory.frame.base + bytes.lowerBound).storeBytes(of: mark, as: UInt8.self)
      var record = [UInt8](repeating: 0, count: patch.size)
      record.withUnsafeMutableBytes { patch.read(memory.frame, into: $0) }
      #expect(record[place.offset] == mark, "\(place.signal.name)")
    }
    let text = layout.description(vehicle.tables, table)
    let parsed = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect((parsed["signals"] as? [[String: Any]])?.count == layout.places.count)
    let conditions = try #require(parsed["conditions"] as? [[String: Any]])
    let flags = conditions.compactMap { $0["signal"] as? String }
    // Of each a signal of its own, also where a condition and a reason not to arm have one name.
    #expect(flags.count == conditions.count && Set(flags).count == flags.count && !flags.isEmpty)
    #expect(flags.filter { layout.offset(of: $0) == nil } == [])
    #expect(flags.contains("safety.no_arming_kill_switch"))
    let model = (parsed["networks"] as? [[String: Any]])?.first?["model"] as? String
    #expect(model?.hasPrefix("/") == true)
  }

  @Test("a subscriber gets ticks while its lease lasts, every n-th, and the word that the run has ended")
  func subscribed() throws {
    try withFolder { folder in
      let machine = try TestMachine()
      let run = try machine.makeRun()
      let telemetry = try Telemetry(
        machine.loaded.tables, run.table, folder: folder, system: KernelRealTime())
      try run.start(ring: nil, duration: nil, clock: SystemClock(), telemetry: telemetry)
      let (all, some) = (
        try Watcher("\(folder)/a", of: telemetry.path), try Watcher("\(folder)/b", of: telemetry.path)
      )
      var (first, second): ([[UInt8]], [[UInt8]]) = ([], [])
      all.subscribe()
      some.subscribe(every: 10)
      #expect(
        eventually {
          first += all.receive()
          second += some.receive()
          return first.count > 50 && second.count > 5
        })
      let layout = TelemetryLayout(run.table)
      for record in first { #expect(record.count == TelemetryRecord.headerLength + layout.length) }
      let ticks = first.map { number($0, 16) }
      #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 })
      #expect(second.allSatisfy { number($0, 16) % 10 == 0 })
      let place = try #require(layout.offset(of: "tick.number"))
      #expect(first.allSatisfy { number($0, 16) == number($0, TelemetryRecord.headerLength + place) })
      run.slots.stop()
      #expect(run.end().hanging.isEmpty)
      first = all.receive()
      #expect(first.last.map { $0[6] == 1 } == true, "the last one says so")
    }
  }

  @Test("hostile and dead subscribers hold nobody, and five are one too many")
  func hostile() throws {
    try withFolder { folder in
      let vehicle = try shippedVehicle()
      let table = try vehicle.makeTable()
      let socket = try SubscriberSocket("\(folder)/telemetry")
      var sender = TelemetrySender(socket, TelemetryLayout(table))
      let watchers = try (0..<6).map { try Watcher("\(folder)/\($0)", of: "\(folder)/telemetry") }
      let bad: [[UInt8]] = [
        [], [1], Array(repeating: 255, count: 16), Array(repeating: 0, count: 4000),
        TelemetryRecord.Subscription(every: 0, lease: 1000).bytes,
        TelemetryRecord.Subscription(every: 1, lease: 1).bytes,
        TelemetryRecord.Subscription(every: 1, lease: 1000).bytes + [0],
      ]
      for bytes in bad { watchers[5].send(bytes) }
      sender.listen(now: 0)
      #expect(!sender.isWanted)
      for watcher in watchers.prefix(5) { watcher.subscribe(lease: 1_000) }
      sender.listen(now: 0)
      let memory = FrameMemory(table)
      let patch = FramePatch(recordOf: table)
      var record = [UInt8](repeating: 0, count: patch.size)
      record.withUnsafeMutableBytes { patch.read(memory.frame, into: $0) }
      // Nobody reads: their buffers fill, and nothing waits.
      for _ in 0..<2_000 { record.withUnsafeBytes { sender.send($0) } }
      let counts = watchers.map { $0.receive().count }
      #expect(counts[0..<4].allSatisfy { $0 > 0 && $0 < 2_000 } && counts[4] == 0 && counts[5] == 0)
      sender.listen(now: 1_000_000_001)
      #expect(!sender.isWanted, "the lease has passed")
    }
  }
}
