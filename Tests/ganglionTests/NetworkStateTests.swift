import FlightLog
import Foundation
import LiquidModel
import Signals
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime

@Suite("The hidden state of a network in the log")
struct NetworkStateTests {
  /// The shipped quadrotor, flown by its network for three seconds, with its state in the log every so many ticks.
  private func vehicle(_ file: String, every ticks: Int) throws -> LoadedVehicle {
    var text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
    for (old, new) in [
      ("duration_s: 20", "duration_s: 3"), ("from_s: 5.0", "from_s: 1.0"), ("until_s: 20.0", "until_s: 3.0"),
      ("log: {", "log: { network_state_every: \(ticks),"),
    ] {
      try #require(text.contains(old), "the shipped configuration no longer has '\(old)'")
      text = text.replacing(old, with: new)
    }
    let models = repository.appending(path: "firmware-configs/models/\(file)")
    return try LoadedVehicle(
      configuration: Array(text.utf8), models: ["network": Array(Data(contentsOf: models))], overrides: [:])
  }

  /// The messages of the states in a log.
  private func states(_ path: String) throws -> [(tick: UInt64, digest: UInt64, words: [UInt64])] {
    let outline = try MCAPOutline(LogBytes(path: path))
    let channel = try #require(outline.completeRegistry().channel(of: "/network/state"))
    var found: [(tick: UInt64, digest: UInt64, words: [UInt64])] = []
    var messages = MCAPMessages(outline)
    reading: while true {
      switch messages.next() {
      case .message(let message) where message.channel == channel.id:
        let bytes = messages.bytes.copy(message.payload)
        func word(_ place: Int) -> UInt64 {
          bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        // Behind the encapsulation of four bytes: two words, the length, and what is aligned to eight bytes.
        let count = Int(bytes[20]) | Int(bytes[21]) << 8
        found.append((word(4), word(12), (0..<count).map { word(28 + 8 * $0) }))
      case .message: continue
      case .damage(let damage): throw damage.error
      case .end: break reading
      }
    }
    return found
  }

  @Test(
    "It is written at its divisor, and has the digest of the tick that it is from", arguments: ["-int16", ""])
  func atItsDivisor(_ arithmetic: String) throws {
    try withFolder { folder in
      let loaded = try vehicle("quadrotor-ncp19\(arithmetic).safetensors", every: 50)
      let path = "\(folder)/a.mcap"
      _ = try Flight(loaded, seed: 1, fault: nil, logPath: path).fly()
      let found = try states(path)
      // Three seconds at 250 Hz, from tick 0 on; a skipped period may move one by a tick.
      #expect(found.count == 15)
      for (place, state) in found.enumerated() { #expect(state.tick / 50 == UInt64(place)) }

      var digests: [UInt64: UInt64] = [:]
      var cursor = try FlightLogReader(path: path).ticks()
      while case .tick = try cursor.next() {
        let number: UInt64 = try #require(cursor.view.value("tick.number"))
        digests[number] = cursor.view.value("network.digest")
      }
      var network = try NetworkRuntime(loaded.networks[0].model)
      for state in found {
        #expect(digests[state.tick] == state.digest)
        let bytes = state.words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        try network.restoreState(Array(bytes.prefix(network.stateByteCount)).span)
        #expect(network.stateDigest() == state.digest)
      }
      #expect(Set(found.map(\.digest)).count > 10)

      var replay = try Replay(path: path)
      let outcome = try replay.run()
      #expect(outcome.isIdentical && outcome.ticks == UInt64(digests.count))
    }
  }

  @Test("It goes through the ring between the loop and the log's writer")
  func throughTheRing() throws {
    let loaded = try vehicle("quadrotor-ncp19-int16.safetensors", every: 2)
    let table = try loaded.makeTable()
    let words = try #require(table.indices(of: "network.state", as: UInt64.self))
    let number = try #require(table.index(of: "tick.number", as: UInt64.self))
    try withFolder { folder in
      let path = "\(folder)/a.mcap"
      let sink = try FileLogSink(path: path)
      let log = try LinuxLog(loaded, sink: sink)
      let memory = FrameMemory(table)
      for tick in 0..<10 as Range<UInt64> {
        memory.frame[number] = tick
        for (place, word) in words.enumerated() { memory.frame[word] = tick * 1000 + UInt64(place) }
        log.ring.push(memory.frame)
      }
      #expect(log.finish(LinuxOutcome()) == nil)
      let found = try states(path)
      #expect(found.map(\.tick) == [0, 2, 4, 6, 8])
      for state in found {
        #expect(state.words == words.indices.map { state.tick * 1000 + UInt64($0) })
      }
    }
  }

  @Test("Without the key there is none, and the signals are as before")
  func offByDefault() throws {
    let (with, without) = (
      try vehicle("quadrotor-ncp19-int16.safetensors", every: 50).makeTable(),
      try vehicle("quadrotor-ncp19-int16.safetensors", every: 0).makeTable()
    )
    #expect(without["network.state"] == nil)
    #expect(with["network.state"] != nil)
    #expect(with.schemaText == without.schemaText)
  }
}
