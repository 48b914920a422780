import CAllocationCounter
import HardwareInterfaces
import PortableMath
import Testing

@testable import Devices

private func attitude(_ number: Int) -> MAVLink.AttitudeAngles {
  var message = MAVLink.AttitudeAngles()
  (message.time, message.roll, message.yawRate) = (UInt32(number), Float(number) / 100, 0.5)
  return message
}

/// A stream of `count` frames of one sender.
private func stream(_ count: Int, signer: MAVLink.Signer? = nil) throws -> [[UInt8]] {
  var sender = MAVLink.Sender(system: 1, component: 1, signer: signer)
  return try (0..<count).map { try sender.packet(attitude($0)).all }
}

/// A frame of any message, with the checksum of an `extra` byte.
private func frame(_ id: UInt32, _ payload: [UInt8], extra: UInt8, incompatible: UInt8 = 0) -> [UInt8] {
  var bytes: [UInt8] = [0xFD, UInt8(payload.count), incompatible, 0, 0, 9, 9]
  bytes += (0..<3).map { UInt8(truncatingIfNeeded: id >> UInt32(8 * $0)) } + payload
  var crc = X25()
  for byte in bytes[1...] { crc.take(byte) }
  crc.take(extra)
  return bytes + [UInt8(crc.value & 0xFF), UInt8(crc.value >> 8)]
}

@Suite struct MAVLinkParserTests {
  @Test func `no frame with one bit turned is taken`() throws {
    let signer = MAVLink.Signer(key: try testKey(), link: 1, time: 5)
    for (bytes, isSigned) in [(try stream(1)[0], false), (try stream(1, signer: signer)[0], true)] {
      for bit in 0..<bytes.count * 8 {
        var damaged = bytes
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        var parser = MAVLink.Parser(
          verifier: isSigned ? MAVLink.Verifier(key: try testKey(), newest: 0) : nil)
        #expect(parser.frames(damaged, at: .ms(0)).isEmpty, "bit \(bit)")
        #expect(parser.frames([], at: .ms(100)).isEmpty, "bit \(bit)")
      }
    }
  }

  @Test func `streams are read however they are cut`() throws {
    let bytes = try stream(300).flatMap { $0 }
    var random = RandomGenerator(seed: 2)
    var noisy = bytes
    for place in noisy.indices where random.nextUniform() < 0.002 {
      noisy[place] = UInt8(truncatingIfNeeded: random.nextBits())
    }
    for stream in [bytes, noisy] {
      var whole = MAVLink.Parser()
      let expected = whole.frames(stream).map(\.sequence)
      for longest in [1, 7, 600] as [UInt64] {
        var (parser, rest, found) = (MAVLink.Parser(), stream[...], [UInt8]())
        while !rest.isEmpty {
          let piece = rest.prefix(1 + Int(random.nextBits() % longest))
          found += parser.frames(Array(piece)).map(\.sequence)
          rest = rest.dropFirst(piece.count)
        }
        #expect(found == expected && parser.statistics == whole.statistics)
      }
      if stream == bytes { #expect(expected.count == 300 && whole.statistics.skipped == 0) }
    }
  }

  @Test func `with every tenth byte flipped nothing wrong is taken, and every sound frame is found`() throws {
    var random = RandomGenerator(seed: 6)
    var (parser, sound, found, wrong) = (MAVLink.Parser(), 0, 0, 0)
    var sender = MAVLink.Sender(system: 1, component: 1)
    for number in 0..<20_000 {
      var bytes = try sender.packet(attitude(number)).all
      let before = bytes
      for place in bytes.indices where random.nextUniform() < 0.1 {
        bytes[place] ^= UInt8(1 + random.nextBits() % 255)
      }
      if bytes == before { sound += 1 }
      for frame in parser.frames(bytes) {
        found += 1
        let read = parser.decode(frame, MAVLink.AttitudeAngles.self)
        if read?.yawRate != 0.5 { wrong += 1 }
      }
    }
    // A CRC of 16 bits passes one damaged frame in 65,536.
    #expect(wrong <= 2, "\(wrong) wrong")
    #expect(sound > 200 && found >= sound - 8, "\(found) of \(sound) found")
    #expect(parser.statistics.damaged > 5_000)
  }

  @Test func `behind rubbish a frame is found as soon as the longest that it could be is over, or a gap`()
    throws
  {
    var random = RandomGenerator(seed: 3)
    let frames = try stream(40)
    for _ in 0..<300 {
      var parser = MAVLink.Parser()
      let rubbish = (0..<Int(random.nextBits() % 300)).map { _ in
        random.nextBits() & 7 == 0 ? 0xFD : UInt8(truncatingIfNeeded: random.nextBits())
      }
      _ = parser.frames(rubbish, at: .ms(0))
      _ = parser.frames([], at: .ms(60))
      #expect(parser.frames(frames[0], at: .ms(100)).count == 1)
      var other = MAVLink.Parser()
      let found = other.frames(rubbish + frames.flatMap { $0 }).map(\.sequence)
      #expect(found.last == 39 && found.count >= 32)
    }
  }

  @Test func `frames inside a message are not taken, whole or damaged, known or unknown`() throws {
    let inner = try stream(3).flatMap { $0 }
    let behind = try stream(1)[0]
    // FILE_TRANSFER_PROTOCOL (110), which is not known here, carries a log; so may a text.
    for (id, extra) in [(110, 84), (253, 83)] as [(UInt32, UInt8)] {
      let whole = frame(id, inner, extra: extra)
      for isDamaged in [false, true] {
        var bytes = whole
        if isDamaged { bytes[bytes.count - 1] ^= 1 }
        var parser = MAVLink.Parser()
        let found = parser.frames(bytes + behind).filter { $0.message == 30 }
        #expect(found.count == 1, "\(id) \(isDamaged)")
        #expect(parser.statistics.damaged == (isDamaged ? 1 : 0))
      }
    }
  }

  @Test func `what is not known here is passed over and counted, and flags that are not known are refused`()
    throws
  {
    var parser = MAVLink.Parser()
    #expect(parser.frames(frame(33, Array(1...20), extra: 104)).isEmpty)
    #expect(parser.statistics.unknown == 1 && parser.statistics.skipped == 0)
    var heartbeat: [UInt8] = Array(repeating: 1, count: 9)
    heartbeat[8] = 3
    #expect(parser.frames(frame(0, heartbeat, extra: 50)).count == 1)
    for flag in 1..<8 {
      #expect(parser.frames(frame(0, heartbeat, extra: 50, incompatible: 1 << UInt8(flag))).isEmpty)
    }
    #expect(parser.statistics.incompatible == 7)
  }

  @Test func `nobody sets the key over the link`() throws {
    var parser = MAVLink.Parser()
    #expect(parser.frames(frame(256, Array(repeating: 7, count: 42), extra: 71)).isEmpty)
    #expect(parser.statistics.keyChanges == 1 && parser.statistics.frames == 0)
  }

  @Test func `what a sender counted and did not arrive is counted for each sender`() throws {
    var senders = [(1, 1), (1, 191), (2, 1)].map { MAVLink.Sender(system: $0.0, component: $0.1) }
    var parser = MAVLink.Parser()
    for number in 0..<600 {
      for place in 0..<3 {
        let bytes = try senders[place].packet(attitude(number)).all
        if place == 1, number % 10 == 5 { continue }
        if place == 2, number % 100 > 97 { continue }
        #expect(parser.frames(bytes).count == 1)
      }
    }
    #expect(parser.statistics.lost == 60 + 10)
    let again = try senders[0].packet(attitude(0)).all
    _ = parser.frames(again + again)
    #expect(parser.statistics.repeated == 1)
  }

  @Test func `more senders than can be followed do no harm`() throws {
    var parser = MAVLink.Parser()
    for number in 0..<100 {
      var sender = MAVLink.Sender(system: UInt8(number), component: 1, sequence: UInt8(number))
      #expect(parser.frames(try sender.packet(attitude(1)).all).count == 1)
    }
    #expect(parser.statistics.lost == 0)
  }

  @Test func `a gap ends a frame, and frames that came before it are still found`() throws {
    let frames = try stream(2)
    var parser = MAVLink.Parser()
    #expect(parser.frames([0xFD, 0xFF, 0] + frames[0], at: .ms(0)).isEmpty)
    #expect(parser.frames([], at: .ms(51)).count == 1)
    #expect(parser.frames(Array(frames[1][..<20]), at: .ms(60)).isEmpty)
    #expect(parser.frames(Array(frames[1][20...]), at: .ms(64)).count == 1)
  }

  @Test func `reading, checking and sending take no heap block`() throws {
    let signer = MAVLink.Signer(key: try testKey(), link: 1, time: 5)
    let bytes = try stream(200, signer: signer).flatMap { $0 }
    var parser = MAVLink.Parser(verifier: MAVLink.Verifier(key: try testKey(), newest: 0))
    var sender = MAVLink.Sender(system: 1, component: 1, signer: signer)
    var buffer = InlineArray<512, UInt8>(repeating: 0)
    var (place, read, sent, before) = (0, 0, 0, UInt64(0))
    while place + 512 <= bytes.count {
      for byte in 0..<512 { buffer[byte] = bytes[place + byte] }
      if place == 1_024 { before = allocation_count() }
      var offset = 0
      while offset < 512 {
        offset += parser.append(buffer.span.extracting(offset..<512), at: .zero)
        while let frame = parser.next() {
          if parser.decode(frame, MAVLink.AttitudeAngles.self) != nil { read += 1 }
          sent += try sender.packet(MAVLink.Heartbeat()).count
        }
      }
      place += 512
    }
    #expect(allocation_count() == before)
    #expect(read > 150 && sent > 0)
  }
}

@Suite struct MAVLinkSigningTests {
  private func heartbeat(_ signer: MAVLink.Signer, clock: UInt64, system: UInt8 = 1) throws -> [UInt8] {
    var sender = MAVLink.Sender(system: system, component: 1, signer: signer)
    return try sender.packet(MAVLink.Heartbeat(), clock: clock).all
  }

  private func verifying(newest: UInt64 = 0) throws -> MAVLink.Parser {
    MAVLink.Parser(verifier: MAVLink.Verifier(key: try testKey(), newest: newest))
  }

  @Test func `a frame is taken once, and an older one never`() throws {
    let signer = MAVLink.Signer(key: try testKey(), link: 1, time: 0)
    let (first, second) = (try heartbeat(signer, clock: 1_000), try heartbeat(signer, clock: 2_000))
    var parser = try verifying()
    #expect(parser.frames(first).count == 1)
    #expect(parser.frames(first).isEmpty)
    #expect(parser.frames(second).count == 1)
    #expect(parser.frames(first + second).isEmpty)
    #expect(parser.statistics.replayed == 3 && parser.verifier?.newest == 2_000)
  }

  @Test func `after a restart nothing of before is taken, when the time was stored`() throws {
    let signer = MAVLink.Signer(key: try testKey(), link: 1, time: 0)
    var parser = try verifying(newest: 2_000)
    for clock: UInt64 in [1, 1_999, 2_000] {
      #expect(parser.frames(try heartbeat(signer, clock: clock)).isEmpty)
    }
    #expect(parser.statistics.replayed == 3)
    #expect(parser.frames(try heartbeat(signer, clock: 2_001)).count == 1)
  }

  @Test func `a sender that is new may be a minute behind, and no more`() throws {
    let signer = MAVLink.Signer(key: try testKey(), link: 1, time: 0)
    var parser = try verifying()
    #expect(parser.frames(try heartbeat(signer, clock: 10_000_000)).count == 1)
    #expect(parser.frames(try heartbeat(signer, clock: 3_999_999, system: 2)).isEmpty)
    #expect(parser.frames(try heartbeat(signer, clock: 4_000_000, system: 2)).count == 1)
  }

  @Test func `without a signature, or with one of another key, nothing is taken`() throws {
    var parser = try verifying()
    var sender = MAVLink.Sender(system: 1, component: 1)
    #expect(parser.frames(try sender.packet(MAVLink.Heartbeat()).all).isEmpty)
    let bytes = [UInt8](repeating: 1, count: 32)
    let key = MAVLink.Key(bytes.span)
    let other = try #require(key)
    let foreign = MAVLink.Signer(key: other, link: 1, time: 0)
    #expect(parser.frames(try heartbeat(foreign, clock: 9)).isEmpty)
    #expect(parser.statistics.unsigned == 1 && parser.statistics.wrongSignatures == 1)
    #expect(parser.verifier?.newest == 0, "a time that nobody vouches for counts for nothing")
    let short = MAVLink.Key(bytes.span.extracting(0..<31))
    #expect(short == nil)
  }

  @Test func `a seventeenth sender is refused`() throws {
    let signer = MAVLink.Signer(key: try testKey(), link: 1, time: 0)
    var parser = try verifying()
    for system: UInt8 in 1...17 {
      #expect(
        parser.frames(try heartbeat(signer, clock: 1_000, system: system)).count == (system <= 16 ? 1 : 0))
    }
    #expect(parser.statistics.strangers == 1)
  }

  @Test func `each signature has a later time, also when the clock stands still or goes back`() throws {
    var sender = MAVLink.Sender(
      system: 1, component: 1, signer: MAVLink.Signer(key: try testKey(), link: 1, time: 500))
    var last: UInt64 = 500
    for clock: UInt64 in [0, 0, 1_000, 1_000, 10, .max, .max] {
      _ = try sender.packet(MAVLink.Heartbeat(), clock: clock)
      let time = try #require(sender.signer?.time)
      #expect(time > last || time == 0xFFFF_FFFF_FFFF)
      last = time
    }
  }
}
