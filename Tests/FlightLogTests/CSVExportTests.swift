import Testing

@testable import FlightLog

@Suite struct CSVExportTests {
  private func export(_ log: [UInt8], _ topic: String) throws -> [[String]] {
    let sink = MemoryLogSink()
    let export = try CSVExport(MCAPOutline(LogBytes(log)), topic: topic, to: sink)
    let rows = String(decoding: sink.bytes, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    #expect(rows.count == export.rowCount + 1)
    return rows
  }

  @Test func everyNumberReadsBackToTheSameBits() throws {
    let ticks = try SyntheticFlight.ticks(20)
    let rows = try export(SyntheticFlight.log(ticks), "/ganglion/tick")
    let header = rows[0]
    #expect(header.first == "log_time_ns")
    #expect(Set(header).count == header.count)
    for (tick, row) in zip(ticks, rows.dropFirst()) {
      #expect(row.count == header.count)
      let cells = Dictionary(uniqueKeysWithValues: zip(header, row))
      #expect(cells["tick_number"] == "\(tick.number)")
      #expect(Float(cells["imu_acceleration_x"] ?? "") == tick.value("imu.acceleration_x"))
      #expect(Float(cells["network_input[9]"] ?? "") == tick.values("network.input")[9])
      #expect(UInt64(cells["network_digest"] ?? "") == tick.value("network.digest"))
      #expect(cells["safety_armed"] == "\(tick["safety.armed"].first ?? 9)")
    }
  }

  @Test func textsThatAreNoneAreShownAndCounted() throws {
    var file = MCAPBuilder(profile: "ros2")
    file.record(
      3,
      MCAPBuilder.number(UInt16(1)) + MCAPBuilder.text("a/msg/B") + MCAPBuilder.text("ros2msg")
        + MCAPBuilder.text("string text\n"))
    file.raw(MCAPBuilder.channel(id: 1, schema: 1, "/b"))
    var records: [UInt8] = []
    // Whole, with a zero inside, and with a byte that is not UTF-8.
    for (number, text) in ([Array("whole".utf8), [0x61, 0, 0x62], [0x61, 0xFF]] as [[UInt8]]).enumerated() {
      var message = CDRBuilder()
      message.put(UInt32(text.count + 1))
      records += MCAPBuilder.message(
        channel: 1, sequence: 0, time: UInt64(number), message.bytes + text + [0])
    }
    file.chunk(records)
    file.finish()
    let sink = MemoryLogSink()
    let export = try CSVExport(MCAPOutline(LogBytes(file.bytes)), topic: "/b", to: sink)
    #expect(!sink.bytes.contains(0))
    #expect(
      String(validating: sink.bytes, as: UTF8.self)
        == "log_time_ns,text\n0,whole\n1,a\u{FFFD}b\n2,a\u{FFFD}\n")
    #expect(export.damages.map(\.error.what).contains { $0.hasPrefix("2 text(s) have zeros") })
  }

  @Test func nestedFieldsHavePaths() throws {
    let rows = try export(SyntheticFlight.log(SyntheticFlight.ticks(6)), "/imu")
    #expect(
      rows[0].prefix(4) == ["log_time_ns", "header.stamp.sec", "header.stamp.nanosec", "header.frame_id"])
    #expect(rows[0].contains("angular_velocity.x"))
    #expect(rows[0].contains("linear_acceleration_covariance[8]"))
    #expect(rows[1][1] == "1")
  }

  @Test func listsOfSeveralLengthsGetAColumnForEachPlace() throws {
    let sink = MemoryLogSink()
    let writer = try MCAPWriter(sink: sink, library: "test")
    let schema = try writer.addSchema(name: "a/msg/B", text: "float32[] list\nuint8 last\n")
    let channel = try writer.addChannel(topic: "/t", schema: schema)
    var encoder = CDREncoder()
    for list in [[1, 2], [3, 4, 7], [5, 6]] as [[Float]] {
      encoder.begin()
      encoder.put(UInt32(list.count))
      for value in list { encoder.put(value) }
      encoder.put(UInt8(9))
      try writer.write(channel: channel, time: 1, payload: encoder.payload)
    }
    try writer.finish()
    let rows = try export(sink.bytes, "/t")
    let place = try #require(rows[0].firstIndex(of: "list[2]"))
    #expect(rows[0][place - 1] == "list[1]")
    #expect(rows.map { $0[place] } == ["list[2]", "", "7.0", ""])
  }

  @Test func anUnknownTopicIsAnErrorThatNamesTheOthers() throws {
    let log = try SyntheticFlight.log(SyntheticFlight.ticks(3))
    #expect { try export(log, "/imuu") } throws: { error in
      (error as? LogError)?.remedy.contains("/imu,") == true
    }
  }

  @Test func textWithCommasIsQuoted() throws {
    let sink = MemoryLogSink()
    let writer = try MCAPWriter(sink: sink, library: "test")
    let schema = try writer.addSchema(name: "a/msg/B", text: "string text\nint8[2] pair\nuint8 ONE=1\n")
    let channel = try writer.addChannel(topic: "/t", schema: schema)
    var encoder = CDREncoder()
    encoder.begin()
    encoder.put("say \"a, b\"")
    encoder.put(Int8(-1))
    encoder.put(Int8(5))
    try writer.write(channel: channel, time: 9, payload: encoder.payload)
    try writer.finish()
    let output = MemoryLogSink()
    _ = try CSVExport(MCAPOutline(LogBytes(sink.bytes)), topic: "/t", to: output)
    #expect(
      String(decoding: output.bytes, as: UTF8.self)
        == "log_time_ns,text,pair[0],pair[1]\n9,\"say \"\"a, b\"\"\",-1,5\n")
  }

  @Test func hostileSchemasEnd() throws {
    let schemas = [
      "a/B x\n====\nMSG: a/B\na/B x\n", "a/B[1000000] x\n====\nMSG: a/B\na/C[1000000] y\n====\nMSG: a/C\n",
      "uint8[] x\n", "string x\n", "unknown/Type x\n", "uint8[-3] x\n", "x\n",
      "uint8[99999999999999999999] x\n",
    ]
    for text in schemas {
      let sink = MemoryLogSink()
      let writer = try MCAPWriter(sink: sink, library: "test")
      let channel = try writer.addChannel(
        topic: "/t", schema: writer.addSchema(name: "a/msg/X", text: text))
      var encoder = CDREncoder()
      encoder.begin()
      for _ in 0..<20 { encoder.put(UInt32.max) }
      try writer.write(channel: channel, time: 0, payload: encoder.payload)
      try writer.finish()
      let outline = try MCAPOutline(LogBytes(sink.bytes))
      #expect(throws: LogError.self, "\(text)") {
        try CSVExport(outline, topic: "/t", to: MemoryLogSink())
      }
    }
  }

  /// A log of one topic, with a message of each list of sequences' lengths, one byte for each element.
  private func sequences(_ schemaText: String, _ messages: [[Int]]) throws -> MCAPOutline {
    let sink = MemoryLogSink()
    let writer = try MCAPWriter(sink: sink, library: "test")
    let channel = try writer.addChannel(
      topic: "/t", schema: writer.addSchema(name: "a/msg/X", text: schemaText))
    for lengths in messages {
      var encoder = CDREncoder()
      encoder.begin()
      for length in lengths {
        encoder.put(UInt32(length))
        for _ in 0..<length { encoder.put(UInt8(0)) }
      }
      try writer.write(channel: channel, time: 0, payload: encoder.payload)
    }
    try writer.finish()
    return try MCAPOutline(LogBytes(sink.bytes))
  }

  @Test func aTableHasNoMoreColumnsThanRowsCanBear() throws {
    let most = CSVExport.largestColumnCount
    let sink = MemoryLogSink()
    let export = try CSVExport(
      sequences("uint8[] x\nuint8[] y\n", [[most / 2, 0], [0, most / 2]]), topic: "/t", to: sink)
    #expect(export.rowCount == 2)
    for lengths in [[[most + 1, 0]], [[most, 0], [0, 1]]] {
      let outline = try sequences("uint8[] x\nuint8[] y\n", lengths)
      #expect { try CSVExport(outline, topic: "/t", to: MemoryLogSink()) } throws: {
        ($0 as? LogError)?.cause == .tooLarge
      }
    }
  }

  @Test func aSchemaOfMegabytesIsRefused() throws {
    let text = String(repeating: "# about\n", count: ROS2Schema.longestText / 8) + "uint8[] x\n"
    let outline = try sequences(text, [[1]])
    #expect { try CSVExport(outline, topic: "/t", to: MemoryLogSink()) } throws: {
      ($0 as? LogError)?.cause == .tooLarge
    }
  }

  @Test func thousandsOfTopicsAreNotAllNamed() throws {
    let sink = MemoryLogSink()
    let writer = try MCAPWriter(sink: sink, library: "test")
    for topic in 0..<5000 { _ = try writer.addChannel(topic: "/topic/\(topic)", schema: 0) }
    try writer.finish()
    let outline = try MCAPOutline(LogBytes(sink.bytes))
    #expect { try CSVExport(outline, topic: "/t", to: MemoryLogSink()) } throws: { error in
      "\(error)".contains("/topic/0, ") && "\(error)".count < 2000
    }
  }
}
