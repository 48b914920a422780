import Devices
import HardwareInterfaces

/// Lets a parser read bytes in looks of 1 to 64 bytes, with pauses, as the seed says. Returns what it knows at the end.
///
/// What is known must be the same when no look is empty and no time passes, however the stream is cut.
private func listen<Parser: ReceiverParser>(_ fresh: Parser, _ bytes: [UInt8], seed: UInt8) -> ReceiverSample
{
  var (whole, cut, timed) = (fresh, fresh, fresh)
  whole.take(bytes.span, at: .zero)
  let nothing: [UInt8] = []
  var (rest, time, random) = (bytes[...], Int64(0), UInt32(seed))
  while !rest.isEmpty {
    random = random &* 1_664_525 &+ 1_013_904_223
    let piece = Array(rest.prefix(1 + Int(random >> 26)))
    rest = rest.dropFirst(piece.count)
    cut.take(piece.span, at: .zero)
    timed.take(piece.span, at: MonotonicTime(nanoseconds: time))
    time &+= Int64(random & 0xFFFFF)
    if random & 0x300000 == 0 {
      timed.take(nothing.span, at: MonotonicTime(nanoseconds: time &+ 60_000_000))
    }
    if random & 0xF00000 == 0 { time = Int64(bitPattern: UInt64(random) << 32) }
  }
  // SBUS takes a frame that ends where a look ended: there cutting may show more.
  if !(fresh is SBUSParser) { require(whole.sample == cut.sample, "\(whole.sample) and \(cut.sample)") }
  for parser in [whole, cut, timed] {
    let sample = parser.sample
    require(Int(sample.skipped) <= bytes.count, "more bytes were skipped than there are")
    require(Int(sample.frames) * 6 <= bytes.count, "there are more frames than bytes for them")
    require(sample.channelCount <= 18 && sample.linkQuality ?? 0 <= 100, "no such channels or quality")
    for channel in 1...18 {
      require(sample.channel(channel).map { $0 >= 0 } ?? true, "a pulse of negative width")
    }
    require(sample.channelCount == 0 || sample.frames > 0, "channels without a frame")
  }
  return timed.sample
}

/// A receiver's stream. The first byte says whether checksums are put right first, and how the parser is set; the second how it is cut.
private func fuzzReceiver(
  _ input: UnsafeRawBufferPointer, _ repair: (inout [UInt8]) -> Void,
  _ listen: ([UInt8], UInt8, UInt8) -> Void
) {
  guard input.count >= 2 else { return }
  var bytes = Array(input.dropFirst(2))
  if input[0] & 1 != 0 { repair(&bytes) }
  listen(bytes, input[0] >> 1, input[1])
}

/// CRSF.
@Sendable func fuzzCRSF(_ input: UnsafeRawBufferPointer) {
  fuzzReceiver(input, repairCRSF) { bytes, mode, seed in
    let sample = listen(CRSFParser(gap: mode & 1 == 0 ? 1_750_000 : 50_000_000), bytes, seed: seed)
    require(sample.channelCount <= 16, "CRSF has 16 channels")
  }
}

/// SBUS.
@Sendable func fuzzSBUS(_ input: UnsafeRawBufferPointer) {
  fuzzReceiver(input, repairSBUS) { bytes, mode, seed in
    _ = listen(SBUSParser(scaling: mode & 1 == 0 ? .betaflight : .ardupilot), bytes, seed: seed)
  }
}

/// IBUS.
@Sendable func fuzzIBUS(_ input: UnsafeRawBufferPointer) {
  fuzzReceiver(input, repairIBUS) { bytes, mode, seed in
    _ = listen(IBUSParser(upperBits: mode & 1 == 0 ? .failsafe : .channels), bytes, seed: seed)
  }
}
