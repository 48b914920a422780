import CAllocationCounter
import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing

@testable import Devices

/// A vehicle that looks at a simulated receiver's port once in each tick of 4 ms.
private struct Listener<Parser: ReceiverParser> {
  let line: SimulatedSerialLine
  var parser: Parser
  var tick: Int64 = 0
  /// Most bytes that one look took.
  var most = 0

  init(_ dialect: SimulatedTransmitter.Dialect, _ parser: Parser, seed: UInt64 = 1) {
    line = SimulatedSerialLine(settings: Parser.port, seed: seed)
    line.transmitter = SimulatedTransmitter(dialect)
    self.parser = parser
  }

  mutating func listen(ticks: Int64, _ look: (ReceiverSample) -> Void = { _ in }) throws(PortError) {
    var port = line.port()
    var buffer = InlineArray<512, UInt8>(repeating: 0)
    let end = tick + ticks
    while tick < end {
      tick += 1
      let now = MonotonicTime.zero.advanced(milliseconds: 4 * tick)
      line.advance(to: now)
      var room = buffer.mutableSpan
      let count = try port.read(into: &room)
      most = max(most, count)
      if parser.take(buffer.span.extracting(0..<count), at: now) > 0 { look(parser.sample) }
    }
  }
}

/// Where a pilot puts sticks and switches, in µs.
private let positions: [Float] = [
  1000, 2000, 1500, 1250, 1750, 1100, 1900, 1000, 2000, 1500, 1501, 1499, 1000, 2000, 1600, 1400, 2000, 1000,
]

private func put(_ line: SimulatedSerialLine) {
  for channel in 0..<18 { line.transmitter?.sticks[channel] = positions[channel] }
}

/// Whether all channels are where the pilot put them, to the nearest count of 5/8 µs.
private func isTrue(_ sample: ReceiverSample, channels: Int) -> Bool {
  (0..<channels).allSatisfy { abs(Float(sample.channels[$0]) / 8 - positions[$0]) <= 0.3125 }
}

@Suite struct SimulatedReceiverTests {
  @Test func `what a pilot does reaches the vehicle over each protocol, at its rate and without a fault`()
    throws
  {
    var crsf = Listener(.crsf, CRSFParser())
    var sbus = Listener(.sbus, SBUSParser())
    var ibus = Listener(.ibus, IBUSParser())
    put(crsf.line)
    put(sbus.line)
    put(ibus.line)
    try crsf.listen(ticks: 250) { #expect(isTrue($0, channels: 16)) }
    try sbus.listen(ticks: 250) { #expect(isTrue($0, channels: 16)) }
    try ibus.listen(ticks: 250) { #expect(isTrue($0, channels: 14)) }
    #expect((248...251).contains(crsf.parser.sample.frames))
    #expect((109...112).contains(sbus.parser.sample.frames))
    #expect((141...143).contains(ibus.parser.sample.frames))
    #expect(crsf.parser.sample.linkQuality == 100 && crsf.parser.sample.signal == -61)
    #expect((9...11).contains(crsf.parser.linkFrames))
    for sample in [crsf.parser.sample, sbus.parser.sample, ibus.parser.sample] {
      #expect(sample.refused == 0 && sample.skipped == 0 && sample.flags == [])
    }
    #expect(sbus.parser.sample.channel(17) == 16_100 && sbus.parser.sample.channel(18) == 7_905)
  }

  @Test func `a lost link is told as far as the protocol can, and silence brings no frames`() throws {
    var crsf = Listener(.crsf, CRSFParser())
    var sbus = Listener(.sbus, SBUSParser())
    var ibus = Listener(.ibus, IBUSParser())
    for line in [crsf.line, sbus.line, ibus.line] { line.transmitter?.link = .lost }
    try crsf.listen(ticks: 50)
    try sbus.listen(ticks: 50)
    try ibus.listen(ticks: 50)
    #expect(crsf.parser.sample.flags == .failsafe)
    #expect(sbus.parser.sample.flags == [.frameLost, .failsafe])
    #expect(ibus.parser.sample.flags == .failsafe)
    for line in [crsf.line, sbus.line, ibus.line] { line.transmitter?.link = .silent }
    let before = (crsf.parser.sample.frames, sbus.parser.sample.frames, ibus.parser.sample.frames)
    try crsf.listen(ticks: 2)
    try sbus.listen(ticks: 2)
    try ibus.listen(ticks: 2)
    let last = (crsf.parser.sample.frames, sbus.parser.sample.frames, ibus.parser.sample.frames)
    #expect(last.0 <= before.0 + 1 && last.1 <= before.1 + 1 && last.2 <= before.2 + 1)
    try crsf.listen(ticks: 100)
    #expect(crsf.parser.sample.frames == last.0 && crsf.parser.sample.linkQuality == nil)
  }

  /// A minute of a line with so much trouble. Returns the frames taken, and those with a wrong channel.
  private func minute<Parser: ReceiverParser>(
    _ dialect: SimulatedTransmitter.Dialect, _ parser: Parser, channels: Int, _ trouble: SerialTrouble
  ) throws -> (taken: Int, wrong: Int, sample: ReceiverSample) {
    var listener = Listener(dialect, parser, seed: 7)
    put(listener.line)
    listener.line.trouble = trouble
    var wrong = 0
    try listener.listen(ticks: 15_000) { if !isTrue($0, channels: channels) { wrong += 1 } }
    return (Int(listener.parser.sample.frames), wrong, listener.parser.sample)
  }

  @Test func `with every tenth byte flipped hardly a wrong channel passes, as few as the checks allow`()
    throws
  {
    var trouble = SerialTrouble()
    trouble.flipped = 0.1
    let crsf = try minute(.crsf, CRSFParser(), channels: 16, trouble)
    let sbus = try minute(.sbus, SBUSParser(), channels: 16, trouble)
    let ibus = try minute(.ibus, IBUSParser(), channels: 14, trouble)
    // With this seed wrong: CRSF 22 of 966, SBUS 1047 of 1535, IBUS 3 of 263. Sound frames are taken: 0.9²⁶ of 15,000, 0.9²⁵ of 6,667, 0.9³² of 8,571.
    #expect(crsf.taken > 600 && sbus.taken > 200 && ibus.taken > 150)
    // A CRC of 8 bits passes one damaged frame in 256: those with a sound head are 15,000 · 0.73.
    #expect(crsf.wrong <= 80, "\(crsf.wrong) of \(crsf.taken) are wrong")
    // A sum passes two flips that cancel out, about one pair in 256.
    #expect(ibus.wrong <= 15, "\(ibus.wrong) of \(ibus.taken) are wrong")
    // Parity passes an even number of turned bits: half of the flips; there is no checksum.
    #expect(sbus.wrong <= 1_500, "\(sbus.wrong) of \(sbus.taken) are wrong")
    for sample in [crsf.sample, sbus.sample, ibus.sample] { #expect(sample.refused > 1_000) }
  }

  @Test func `lost, doubled, late and foreign bytes pass no wrong channel but by the checksum's chance`()
    throws
  {
    for kind in 0..<4 {
      var trouble = SerialTrouble()
      switch kind {
      case 0: trouble.lost = 0.02
      case 1: trouble.duplicated = 0.02
      case 2: trouble.noise = 0.02
      default: trouble.paused = 0.02
      }
      let crsf = try minute(.crsf, CRSFParser(), channels: 16, trouble)
      let ibus = try minute(.ibus, IBUSParser(), channels: 14, trouble)
      let sbus = try minute(.sbus, SBUSParser(), channels: 16, trouble)
      #expect(crsf.taken > 5_000 && crsf.wrong <= 40, "\(kind): \(crsf.wrong) of \(crsf.taken)")
      #expect(ibus.taken > 3_000 && ibus.wrong <= 2, "\(kind): \(ibus.wrong) of \(ibus.taken)")
      #expect(sbus.taken > 1_000, "\(kind): \(sbus.taken)")
      #expect(sbus.wrong * 50 <= sbus.taken, "\(kind): \(sbus.wrong) of \(sbus.taken)")
    }
  }

  @Test func `a flooded line is read in bounded pieces, loses bytes, and recovers`() throws {
    var listener = Listener(.crsf, CRSFParser())
    listener.line.trouble.isFlooded = true
    try listener.listen(ticks: 250)
    #expect(listener.most <= 512)
    listener.line.trouble.isFlooded = false
    try listener.listen(ticks: 20)
    let before = listener.parser.sample.frames
    try listener.listen(ticks: 50)
    #expect((49...51).contains(listener.parser.sample.frames - before))
  }

  @Test func `a port that was pulled out has gone`() throws {
    var listener = Listener(.sbus, SBUSParser())
    try listener.listen(ticks: 10)
    listener.line.isGone = true
    var error: PortError?
    do throws(PortError) { try listener.listen(ticks: 1) } catch let thrown { error = thrown }
    #expect(error == .gone)
  }

  @Test func `two lines of one seed give the same bytes`() throws {
    var samples: [ReceiverSample] = []
    for _ in 0..<2 {
      var listener = Listener(.crsf, CRSFParser(), seed: 99)
      listener.line.trouble.flipped = 0.05
      listener.line.trouble.paused = 0.01
      try listener.listen(ticks: 500)
      samples.append(listener.parser.sample)
    }
    #expect(samples[0] == samples[1] && samples[0].refused > 0)
  }

  @Test func `listening takes no heap block, in the parsers, the port or the line`() throws {
    func blocks<Parser: ReceiverParser>(_ dialect: SimulatedTransmitter.Dialect, _ parser: Parser) throws
      -> UInt64
    {
      var listener = Listener(dialect, parser)
      listener.line.trouble.flipped = 0.02
      listener.line.trouble.isFlooded = true
      try listener.listen(ticks: 50)
      let before = allocation_count()
      try listener.listen(ticks: 250)
      return allocation_count() - before
    }
    #expect(try blocks(.crsf, CRSFParser()) == 0)
    #expect(try blocks(.sbus, SBUSParser()) == 0)
    #expect(try blocks(.ibus, IBUSParser()) == 0)
  }

  @Test func `no stream and no clock makes a parser trap`() {
    var random = RandomGenerator(seed: 77)
    var (crsf, sbus, ibus) = (CRSFParser(), SBUSParser(), IBUSParser())
    for _ in 0..<20_000 {
      let time = MonotonicTime(nanoseconds: Int64(bitPattern: random.nextBits()))
      let bytes = (0..<Int(random.nextBits() % 40)).map { _ in
        let bits = random.nextBits()
        return bits & 1 == 0
          ? UInt8(truncatingIfNeeded: bits >> 8)
          : [0xC8, 0x18, 0x16, 0x0F, 0x20, 0x40, 0, 0xFF][Int(bits >> 8 & 7)]
      }
      crsf.take(bytes, at: time)
      sbus.take(bytes, at: time)
      ibus.take(bytes, at: time)
    }
    for sample in [crsf.sample, sbus.sample, ibus.sample] { #expect(sample.skipped > 10_000) }
  }
}
