import Files
import HardwareInterfaces
import Testing

@testable import Devices

@Suite struct MAVLinkMessageTests {
  /// Every message against pymavlink, in both directions, signed and not.
  private struct Against: MessageVisitor {
    let vectors: MAVLinkVectors
    let key: MAVLink.Key
    var rows = 0

    mutating func visit<Message: MAVLinkMessage>(_ type: Message.Type) throws {
      let message = try #require(vectors.messages.first { $0.id == Message.id })
      #expect("\(Message.name)" == message.name && Message.crcExtra == message.crc_extra)
      for row in message.rows {
        rows += 1
        var made = Message()
        var filler = FieldFiller(row.fields, compares: false)
        made.visit(&filler)
        #expect(filler.seen == Set(row.fields.keys) && filler.differences == [], "\(message.name)")
        // Extensions that pymavlink 2.4.50 does not have.
        #expect(
          filler.foreign.allSatisfy { ["thrust_body", "target_system", "target_component"].contains($0) })
        for (hexadecimal, signer) in [
          (row.frame, nil),
          (row.signed, MAVLink.Signer(key: key, link: vectors.link, time: row.timestamp - 1)),
        ] {
          let bytes = digits(hexadecimal)
          var sender = MAVLink.Sender(
            system: vectors.system, component: vectors.component, signer: signer, sequence: row.sequence)
          #expect(try sender.packet(made).all == bytes, "\(message.name)")
          var parser = MAVLink.Parser(verifier: signer == nil ? nil : MAVLink.Verifier(key: key, newest: 0))
          let frame = try #require(parser.frames(bytes).first, "\(message.name)")
          #expect(frame.system == vectors.system && frame.component == vectors.component)
          #expect(frame.sequence == row.sequence && frame.isSigned == (signer != nil))
          var read: Message = try frame.decode()
          var comparison = FieldFiller(row.fields, compares: true)
          read.visit(&comparison)
          #expect(comparison.differences == [], "\(message.name)")
        }
      }
    }
  }

  @Test func `every message is read and written as pymavlink does, signed and not`() throws {
    let vectors = try MAVLinkVectors.load()
    var against = Against(vectors: vectors, key: try testKey())
    try against.visitAll()
    #expect(against.rows == 28 * 6 && vectors.messages.count == 28)
  }

  private struct Rows: MessageVisitor {
    var ids: Set<UInt32> = []

    mutating func visit<Message: MAVLinkMessage>(_ type: Message.Type) {
      let found = MAVLinkFieldSummary.of(type)
      #expect(found.crcExtra == Message.crcExtra && found.length == Message.length, "\(Message.name)")
      #expect(MAVLink.crcExtra(of: Message.id) == Message.crcExtra, "\(Message.name)")
      ids.insert(Message.id)
    }
  }

  @Test func `what a message says of itself follows from its rows`() throws {
    var rows = Rows()
    try rows.visitAll()
    #expect(rows.ids.count == 28)
    for id: UInt32 in 0..<70_000 where !rows.ids.contains(id) { #expect(MAVLink.crcExtra(of: id) == nil) }
  }

  @Test func `the checksum is the one that the protocol names`() {
    var crc = X25()
    for byte in "123456789".utf8 { crc.take(byte) }
    #expect(crc.value == 0x6F91)
    // Of all that it may become by one byte more, there are 256.
    #expect((0...UInt16.max).filter { crc.canBecome($0) }.count == 256)
  }

  /// A sender of the examples: an onboard computer of system 1.
  private func sent<Message: MAVLinkMessage>(
    _ message: Message, after number: Int, signer: MAVLink.Signer? = nil, clock: UInt64 = 0
  ) throws -> [UInt8] {
    var sender = MAVLink.Sender(system: 1, component: 191, signer: signer, sequence: UInt8(number))
    return try sender.packet(message, clock: clock).all
  }

  private func heartbeat() -> MAVLink.Heartbeat {
    var message = MAVLink.Heartbeat()
    (message.kind, message.autopilot, message.systemStatus) = (18, 8, 4)
    return message
  }

  @Test func `the examples of the reference come out byte for byte`() throws {
    #expect(
      try sent(heartbeat(), after: 0)
        == digits("fd 09 00 00 00 01 bf 00 00 00 00 00 00 00 12 08 00 04 03 ae c6"))
    var velocity = MAVLink.SetPositionTarget()
    (velocity.time, velocity.vx, velocity.vz, velocity.yawRate) = (123_456, 1, -0.5, 0.25)
    (velocity.ignored, velocity.targetSystem, velocity.targetComponent, velocity.frame) = (0x05C7, 1, 1, 9)
    let zeros = { (number: Int) in String(repeating: "00", count: number) }
    #expect(
      try sent(velocity, after: 1)
        == digits(
          "fd 35 00 00 01 01 bf 54 00 00 40 e2 01 00" + zeros(12) + "00 00 80 3f 00 00 00 00 00 00 00 bf"
            + zeros(16) + "00 00 80 3e c7 05 01 01 09 f1 2c"))
    var attitude = MAVLink.SetAttitudeTarget()
    (attitude.time, attitude.q[0], attitude.thrust) = (1_000, 1, 0.5)
    (attitude.targetSystem, attitude.targetComponent, attitude.ignored) = (1, 1, 7)
    #expect(
      try sent(attitude, after: 2)
        == digits(
          "fd 27 00 00 02 01 bf 52 00 00 e8 03 00 00 00 00 80 3f" + zeros(24) + "00 00 00 3f 01 01 07 97 0c"))
    var time = MAVLink.TimeSync()
    time.asked = 1_234_567_890
    #expect(
      try sent(time, after: 3)
        == digits("fd 0c 00 00 03 01 bf 6f 00 00" + zeros(8) + "d2 02 96 49 c2 32"))
    var mode = MAVLink.CommandLong()
    (mode.p1, mode.p2, mode.command, mode.targetSystem, mode.targetComponent) = (1, 6, 176, 1, 1)
    #expect(
      try sent(mode, after: 4)
        == digits("fd 20 00 00 04 01 bf 4c 00 00 00 00 80 3f 00 00 c0 40" + zeros(20) + "b0 00 01 01 e9 9c"))
    var words = MAVLink.StatusText()
    words.severity = 6
    for (place, byte) in "ganglion ready".utf8.enumerated() { words.text[place] = byte }
    #expect(
      try sent(words, after: 5)
        == digits("fd 0f 00 00 05 01 bf fd 00 00 06 67 61 6e 67 6c 69 6f 6e 20 72 65 61 64 79 33 c5"))
    let signer = MAVLink.Signer(key: try testKey(), link: 3, time: 0)
    #expect(
      try sent(heartbeat(), after: 0, signer: signer, clock: 1_000)
        == digits(
          "fd 09 01 00 00 01 bf 00 00 00 00 00 00 00 12 08 00 04 03 49 3e 03 e8 03 00 00 00 00 52 71 79 92 ee ad"
        ))
  }

  @Test func `a payload longer than the message is cut, and one that ends early is filled with zeros`() throws
  {
    var sender = MAVLink.Sender(system: 1, component: 1)
    var target = MAVLink.SetAttitudeTarget()
    (target.ignored, target.thrustBody[2]) = (32, 0.25)
    let long = try sender.packet(target)
    #expect(long.count == 12 + 51)
    var parser = MAVLink.Parser()
    let read: MAVLink.SetAttitudeTarget = try #require(parser.frames(long.all).first).decode()
    #expect(read.thrustBody[2] == 0.25 && read.ignored == 32)
    // A payload of 60 bytes, from a sender that knows more.
    var bytes = Array(long.all[..<61])
    bytes[1] = 60
    bytes += Array(repeating: 9, count: 9)
    var crc = X25()
    for byte in bytes[1...] { crc.take(byte) }
    crc.take(MAVLink.SetAttitudeTarget.crcExtra)
    bytes += [UInt8(crc.value & 0xFF), UInt8(crc.value >> 8)]
    let cut: MAVLink.SetAttitudeTarget = try #require(parser.frames(bytes).first).decode()
    #expect(cut.thrustBody[2] == 0.25 && cut.ignored == 32)
  }

  @Test func `numbers that are none are refused, both ways, and counted`() throws {
    var sender = MAVLink.Sender(system: 1, component: 1)
    for bad in [Float.nan, .infinity, -.infinity] {
      var target = MAVLink.SetPositionTarget()
      target.vy = bad
      #expect(throws: MAVLink.Refusal.notFinite) { _ = try sender.packet(target) }
    }
    #expect(sender.sequence == 0)
    // A frame that another sender made all the same.
    var bytes = try sender.packet(MAVLink.ParameterSet()).all
    bytes = Array(bytes[..<10]) + [0, 0, 0xC0, 0x7F]
    bytes[1] = 4
    var crc = X25()
    for byte in bytes[1...] { crc.take(byte) }
    crc.take(MAVLink.ParameterSet.crcExtra)
    bytes += [UInt8(crc.value & 0xFF), UInt8(crc.value >> 8)]
    var parser = MAVLink.Parser()
    let frame = try #require(parser.frames(bytes).first)
    #expect(parser.decode(frame, MAVLink.ParameterSet.self) == nil)
    #expect(parser.statistics.notFinite == 1)
    #expect(parser.decode(frame, MAVLink.Heartbeat.self) == nil && parser.statistics.notFinite == 1)
    #expect(throws: MAVLink.Refusal.otherMessage) { _ = try frame.decode(MAVLink.Heartbeat.self) }
  }

  @Test func `a command's empty places may be NaN, but not infinite`() throws {
    var sender = MAVLink.Sender(system: 1, component: 1)
    var command = MAVLink.CommandLong()
    (command.command, command.p1, command.p7) = (400, 1, .nan)
    var parser = MAVLink.Parser()
    let read: MAVLink.CommandLong = try #require(parser.frames(try sender.packet(command).all).first).decode()
    #expect(read.p7.isNaN && read.p1 == 1)
    command.p7 = .infinity
    #expect(throws: MAVLink.Refusal.notFinite) { _ = try sender.packet(command) }
  }
}
