import Foundation
import Signals
import Testing
import VehicleRuntime

@testable import FlightLog

@Suite struct TickRingTests {
  /// The oldest tick in a ring, with the number refused before it.
  private func pop(_ ring: TickRing) -> (tick: SyntheticTick, drops: UInt32)? {
    let memory = FrameMemory(SyntheticFlight.vehicle)
    var drops: UInt32?
    _ = ring.pop { record, count in
      TickCodec(SyntheticFlight.vehicle).put(record, to: memory.frame)
      drops = count
    }
    return drops.map { (SyntheticTick(SyntheticFlight.vehicle, memory.frame), $0) }
  }

  @Test func ticksComeOutInOrder() throws {
    let ring = TickRing(capacity: 100, of: SyntheticFlight.vehicle)
    #expect(ring.capacity == 128)
    let ticks = try SyntheticFlight.ticks(300)
    var out: [SyntheticTick] = []
    for tick in ticks {
      #expect(ring.push(tick))
      if tick.number % 3 == 2 {
        while let (tick, _) = pop(ring) { out.append(tick) }
      }
    }
    #expect(difference(out, ticks) == nil)
    #expect(ring.highWater == 3)
    #expect(ring.droppedCount == 0)
  }

  @Test func aFullRingRefusesAndTheNextTickSaysHowMany() throws {
    let ring = TickRing(capacity: 4, of: SyntheticFlight.vehicle)
    let ticks = try SyntheticFlight.ticks(8)
    for tick in ticks[0..<4] { #expect(ring.push(tick)) }
    for tick in ticks[4..<7] { #expect(!ring.push(tick)) }
    #expect(ring.droppedCount == 3)
    #expect(pop(ring)?.drops == 0)
    #expect(ring.push(ticks[7]))
    for _ in 0..<3 { #expect(pop(ring)?.drops == 0) }
    let last = pop(ring)
    #expect(last?.drops == 3)
    #expect(last?.tick.number == 7)
    #expect(pop(ring) == nil)
  }

  @Test func theWriterThreadWritesWhatTheLoopPushes() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).mcap").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let ticks = try SyntheticFlight.ticks(5000)
    let ring = TickRing(capacity: 5000, of: SyntheticFlight.vehicle)
    let thread = try LogWriterThread(
      ring: ring,
      writer: FlightLogWriter(
        sink: FileLogSink(path: path), signals: SyntheticFlight.vehicle,
        configuration: SyntheticFlight.configuration,
        models: ["network": SyntheticFlight.model], metadata: SyntheticFlight.metadata))
    for tick in ticks { #expect(ring.push(tick)) }
    try thread.stop()
    #expect(thread.failure == nil)
    let read = try SyntheticFlight.read([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    #expect(difference(read.ticks, ticks) == nil)
    #expect(read.dropouts.isEmpty)
  }

  @Test func droppedTicksAreInTheLogWhereTheyHappened() throws {
    let sink = MemoryLogSink()
    let writer = try FlightLogWriter(
      sink: sink, signals: SyntheticFlight.vehicle, configuration: SyntheticFlight.configuration,
      models: ["network": [1]],
      metadata: SyntheticFlight.metadata)
    let ticks = try SyntheticFlight.ticks(10)
    for tick in ticks[..<4] { try writer.append(tick) }
    try writer.appendDropout(count: 2)
    for tick in ticks[6...] { try writer.append(tick) }
    try writer.finish()
    let reader = try FlightLogReader(LogBytes(sink.bytes))
    let continuity = TickContinuity(reader)
    #expect(
      continuity.findings.map(\.what) == ["2 tick(s) after 4 were dropped: the log's writer fell behind"])
    #expect(try SyntheticFlight.read(sink.bytes).dropouts == [2])
  }

  /// A disk with room for so many bytes.
  private final class FullDisk: LogSink {
    private var room: Int
    init(room: Int) { self.room = room }
    func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
      room -= bytes.count
      if room < 0 { throw LogError(.system(errno: ENOSPC), "the disk is full", remedy: "Make room.") }
    }
    func checkpoint() throws(LogError) {}
    func close() throws(LogError) {}
  }

  /// A disk that takes everything but the end of the log, for which it hangs until it is let go.
  private final class HangingDisk: LogSink, @unchecked Sendable {
    // Sendable: only the semaphores and what they order are shared.
    let isHanging = DispatchSemaphore(value: 0)
    let letGo = DispatchSemaphore(value: 0)
    let hasEnded = DispatchSemaphore(value: 0)
    func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) {}
    func checkpoint() throws(LogError) {}
    func close() throws(LogError) {
      isHanging.signal()
      letGo.wait()
      hasEnded.signal()
    }
  }

  @Test func aDiskThatHangsAtTheEndIsLeftBehindAndSaid() throws {
    let disk = HangingDisk()
    let ring = TickRing(capacity: 64, of: SyntheticFlight.vehicle)
    let thread = try LogWriterThread(
      ring: ring,
      writer: FlightLogWriter(
        sink: disk, signals: SyntheticFlight.vehicle, configuration: SyntheticFlight.configuration,
        models: ["network": [1]],
        metadata: SyntheticFlight.metadata))
    for tick in try SyntheticFlight.ticks(10) { #expect(ring.push(tick)) }
    for _ in 0..<2 {
      #expect { try thread.stop(within: 2_000_000) } throws: {
        let error = $0 as? LogError
        return error?.cause == .system(errno: ETIMEDOUT)
          && error?.what == "the disk has not taken the end of the log within 0.002 s, and hangs"
      }
    }
    disk.isHanging.wait()
    #expect(thread.failure == nil, "it may still come")
    disk.letGo.signal()
    disk.hasEnded.wait()
  }

  @Test func aFullDiskIsReportedAndTheLoopGoesOn() throws {
    let ring = TickRing(capacity: 64, of: SyntheticFlight.vehicle)
    let thread = try LogWriterThread(
      ring: ring,
      writer: FlightLogWriter(
        sink: FullDisk(room: 50_000), signals: SyntheticFlight.vehicle,
        configuration: SyntheticFlight.configuration, models: ["network": [1]],
        metadata: SyntheticFlight.metadata))
    for tick in try SyntheticFlight.ticks(2000) {
      while !ring.push(tick) { usleep(500) }
    }
    #expect { try thread.stop() } throws: { ($0 as? LogError)?.cause == .system(errno: ENOSPC) }
    #expect(thread.failure?.cause == .system(errno: ENOSPC))
  }
}
