import HardwareInterfaces
import PortableMath

/// Reads CRSF, the protocol of TBS Crossfire and ExpressLRS receivers (TBS, *CRSF protocol specification*, "Frame format", types 0x14, 0x16,
/// 0x17).
///
/// A frame is an address, a length, a type, a payload and a CRC-8 (DVB-S2) over type and payload. Bytes are ordered by length and checksum
/// and never by the address alone, which occurs in data. There is no flag for a lost link: a receiver falls silent, or repeats its last
/// frame; then its link statistics say 0 %, which is `failsafe` here until they say more.
public struct CRSFParser: ReceiverParser {
  /// The rate of ExpressLRS and Betaflight.
  public static let port = SerialSettings(baud: 420_000)

  /// What has been received so far.
  public private(set) var sample = ReceiverSample()

  /// Frames of link statistics that were sound.
  public private(set) var linkFrames: UInt32 = 0

  private let gap: Int64
  private var window = StreamWindow<128>()
  private var quiet = QuietTime()
  /// Frames with channels in this call.
  private var taken = 0
  private var linkTime: MonotonicTime?

  /// Link statistics older than this are not known any more, in ns.
  static let linkLife: Int64 = 250_000_000

  /// A parser that has seen nothing. A frame that breaks off for `gap` ns is given up, and what is behind its first byte looked at again. The
  /// default bears adapters on USB, which keep bytes back; a checksum ends such frames anyway.
  public init(gap: Int64 = 50_000_000) { self.gap = max(gap, 0) }

  /// See `ReceiverParser`.
  @discardableResult
  public mutating func take(_ bytes: Span<UInt8>, at time: MonotonicTime) -> Int {
    taken = 0
    if quiet.look(time, found: !bytes.isEmpty) >= gap { giveUpFrame(time) }
    var place = 0
    while place < bytes.count {
      window.append(bytes[place])
      place &+= 1
      while step(time) {}
    }
    if let linkTime, time.nanoseconds(since: linkTime) > Self.linkLife { forgetLink() }
    return taken
  }

  /// Looks at what is behind the first byte of a frame that will not be completed, until nothing waits for more bytes.
  private mutating func giveUpFrame(_ time: MonotonicTime) {
    while window.count > 0 {
      skip()
      while step(time) {}
    }
  }

  /// Takes one frame or one useless byte off the window. `false` when it needs more bytes.
  private mutating func step(_ time: MonotonicTime) -> Bool {
    guard window.count >= 2 else { return false }
    let length = Int(window[1])
    guard Self.isAddress(window[0]), length >= 2, length <= 62 else { return skip() }
    guard window.count >= 3 else { return false }
    if let payload = Self.payload(of: window[2]), length != payload + 2 { return skip() }
    guard window.count >= length + 2 else { return false }
    var crc: UInt8 = 0
    var place = 2
    while place < length + 1 {
      crc = crc8(crc ^ window[place], polynomial: 0xD5)
      place &+= 1
    }
    guard crc == window[length + 1] else {
      sample.refused.countUp()
      return skip()
    }
    take(type: window[2], payload: length - 2, time)
    window.drop(length + 2)
    return true
  }

  @discardableResult
  private mutating func skip() -> Bool {
    window.drop(1)
    sample.skipped.countUp()
    return true
  }

  /// Whether frames begin with it: flight controller (also the sync byte), transmitter module, radio, receiver, broadcast.
  static func isAddress(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC8, 0xEE, 0xEA, 0xEC, 0x00: true
    default: false
    }
  }

  /// Bytes of payload that a type always has; `nil` when they vary, or nothing here depends on them.
  static func payload(of type: UInt8) -> Int? {
    switch type {
    case 0x14: 10
    case 0x16: 22
    default: nil
    }
  }

  private mutating func take(type: UInt8, payload: Int, _ time: MonotonicTime) {
    // What a radio is told, or a receiver, is not for a vehicle.
    let isForVehicle = window[0] != 0xEA && window[0] != 0xEC
    switch type {
    case 0x16 where isForVehicle:
      takeChannels(from: 0, number: 16, bits: 11, at: 3) { Int16(truncatingIfNeeded: Int($0) * 5 + 7_040) }
      sample.frames.countReading()
      taken &+= 1
    case 0x17 where isForVehicle && payload >= 2:
      let (first, resolution) = (Int(window[3] & 31), Int(window[3] >> 5 & 3))
      let bits = 10 + resolution
      let number = min((payload - 1) * 8 / bits, 16 - first)
      guard number > 0 else { return sample.otherFrames.countUp() }
      // Finer steps of the same range: 988 µs + x · (1, ½, ¼, ⅛).
      takeChannels(from: first, number: number, bits: bits, at: 4) {
        Int16(truncatingIfNeeded: 7_904 + Int($0) << (3 - resolution))
      }
      sample.frames.countReading()
      taken &+= 1
    case 0x14 where isForVehicle:
      takeLink(time)
      linkFrames.countUp()
      sample.otherFrames.countUp()
    default: sample.otherFrames.countUp()
    }
  }

  /// Numbers of `bits` bits, the first in the lowest bits of the byte at `place`.
  private mutating func takeChannels(
    from first: Int, number: Int, bits: Int, at place: Int, _ eighths: (UInt32) -> Int16
  ) {
    var (held, heldBits, next, channel) = (UInt32(0), 0, place, 0)
    while channel < number {
      while heldBits < bits {
        held |= UInt32(window[next]) << UInt32(heldBits)
        heldBits &+= 8
        next &+= 1
      }
      sample.channels[first + channel] = eighths(held & (1 << UInt32(bits) &- 1))
      held >>= UInt32(bits)
      heldBits &-= bits
      channel &+= 1
    }
    sample.channelCount = max(sample.channelCount, UInt8(truncatingIfNeeded: first + number))
  }

  private mutating func takeLink(_ time: MonotonicTime) {
    // Payload: RSSI of antenna 1 and 2 (−dBm), quality in %, SNR in dB, antenna in use, then what is of no use here.
    sample.signal = -Int16(window[window[7] == 1 ? 4 : 3])
    sample.linkQuality = min(window[5], 100)
    sample.signalToNoise = Int8(bitPattern: window[6])
    if window[5] == 0 { sample.flags.insert(.failsafe) } else { sample.flags.remove(.failsafe) }
    linkTime = time
  }

  /// A receiver that said 0 % and then nothing has not found its transmitter again: `failsafe` stays.
  private mutating func forgetLink() {
    (sample.signal, sample.linkQuality, sample.signalToNoise) = (nil, nil, nil)
    linkTime = nil
  }
}

/// CRC-8 of one byte, which the CRC so far has been added to; most significant bit first, without reflection.
func crc8(_ byte: UInt8, polynomial: UInt8) -> UInt8 {
  var crc = byte
  var bit = 0
  while bit < 8 {
    crc = crc & 0x80 != 0 ? crc &<< 1 ^ polynomial : crc &<< 1
    bit &+= 1
  }
  return crc
}
