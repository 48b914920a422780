import Testing

@testable import FlightLog

/// Every single bit of small logs, finished and cut off: a flip is found, or changes nothing that the log says.
@Suite struct MCAPBitFlipTests {
  /// A log with everything that a flight's log has, in 1.8 kB.
  private static func log() throws -> [UInt8] {
    let sink = MemoryLogSink()
    let writer = try MCAPWriter(sink: sink, profile: "ros2", library: "ganglion 1")
    try writer.addMetadata(name: "ganglion", [("version", "1"), ("seed", "7")])
    try writer.addAttachment(name: "m", mediaType: "text/plain", bytes: [1, 2, 3, 4, 5])
    var channels: [UInt16] = []
    for topic in ["/a", "/b"] {
      channels.append(
        try writer.addChannel(
          topic: topic, schema: writer.addSchema(name: "std_msgs/msg/UInt8", text: "uint8 data\n"),
          metadata: ["offered_qos_profiles": "[]"]))
    }
    var encoder = CDREncoder()
    for number in 0..<8 {
      encoder.begin()
      encoder.put(UInt8(number))
      try writer.write(
        channel: channels[number % 2], time: UInt64(number) * 100_000_000 + 1, payload: encoder.payload)
    }
    try writer.addMetadata(name: "ganglion run", [("ticks", "8")])
    try writer.finish()
    return sink.bytes
  }

  /// Where each record begins, and the end.
  private static func boundaries(_ log: [UInt8]) -> [Int] {
    var cursor = ByteCursor(LogBytes(log), MCAPFormat.magic.count..<log.count - MCAPFormat.magic.count)
    var places = [cursor.position]
    while cursor.skip(1), let length = cursor.integer(UInt64.self), cursor.range(count: length) != nil {
      places.append(cursor.position)
    }
    return places
  }

  /// Tries every bit of `log`; gives how many flips were only in what the findings say that nothing vouches for.
  private func expectEveryFlip(in log: [UInt8], _ name: String) throws -> Int {
    let sound = try MCAPOutline(LogBytes(log))
    let findings = MCAPVerification(sound).findings
    let text = contents(sound)
    let open = findings.first { $0.what.contains("no checksum covers") }?.offset ?? .max
    var inTheOpen = 0
    for place in log.indices {
      for bit in 0..<8 {
        var flipped = log
        flipped[place] ^= 1 << UInt8(bit)
        // What does not begin as a log does is refused.
        guard let outline = try? MCAPOutline(LogBytes(flipped)),
          MCAPVerification(outline).findings == findings, contents(outline) != text
        else { continue }
        if place >= open {
          inTheOpen += 1
        } else {
          Issue.record("\(name): bit \(bit) of byte \(place) changes what the log says, and nothing notes it")
        }
      }
    }
    return inTheOpen
  }

  @Test func noFlipInAFinishedLogIsMissed() throws {
    let log = try Self.log()
    #expect(MCAPVerification(try MCAPOutline(LogBytes(log))).findings.isEmpty)
    #expect(try expectEveryFlip(in: log, "finished") == 0)
  }

  @Test func everyFlipInAFinishedLogIsAFinding() throws {
    let log = try Self.log()
    for place in log.indices {
      for bit in 0..<8 {
        var flipped = log
        flipped[place] ^= 1 << UInt8(bit)
        guard let outline = try? MCAPOutline(LogBytes(flipped)) else { continue }
        #expect(!MCAPVerification(outline).findings.isEmpty, "bit \(bit) of byte \(place)")
      }
    }
  }

  @Test func noFlipInALogThatWasCutOffIsMissed() throws {
    let log = try Self.log()
    let boundaries = Self.boundaries(log)
    // From the first guard on: in front of it there is a header and nothing else.
    for (start, end) in zip(boundaries, boundaries.dropFirst()).dropFirst(2) {
      for cut in log[start] == MCAPOpcode.chunk.rawValue ? [start, (start + end) / 2] : [start] {
        let open = try expectEveryFlip(in: Array(log[..<cut]), "cut at \(cut)")
        // Behind a guard, a chunk or its index nothing is open. A cut just behind another record, in front of the guard
        // that it was to have, leaves that record, and it is named.
        let before = boundaries.last { $0 < cut }.flatMap { MCAPOpcode(rawValue: log[$0]) }
        if [.integrityGuard, .chunk, .messageIndex].contains(before) { #expect(open == 0, "cut at \(cut)") }
      }
    }
  }

  @Test func logsWithoutGuardsAreReadAsBefore() throws {
    // As earlier versions wrote them: without the records of guards, and with the offsets that follow from that.
    let log = try Self.log()
    var old = MCAPFormat.magic
    for (start, end) in zip(Self.boundaries(log), Self.boundaries(log).dropFirst()) where log[start] < 0x0F {
      old += log[start..<end]
    }
    let outline = try MCAPOutline(LogBytes(old))
    #expect(outline.guards.isEmpty)
    #expect(try contents(outline) == contents(MCAPOutline(LogBytes(log))))
  }
}
