import HardwareInterfaces

/// What reads a radio receiver's stream: plain data of fixed size, moved only by `take`. It never allocates and never fails; what is wrong
/// with the stream is counted in the sample.
public protocol ReceiverParser: Sendable, BitwiseCopyable {
  /// How a port must be set for it.
  static var port: SerialSettings { get }

  /// What has been received so far. It stays when nothing comes: its age is for whoever knows the time.
  var sample: ReceiverSample { get }

  /// Takes what a port gave at a look at it, which may be nothing: that is how a parser learns of gaps, which end frames.
  ///
  /// - Parameters:
  ///   - bytes: The stream as ``SerialPort`` gives it.
  ///   - time: When the port was looked at.
  /// - Returns: How many frames with channels were complete.
  @discardableResult
  mutating func take(_ bytes: Span<UInt8>, at time: MonotonicTime) -> Int
}

/// How long a line has certainly been quiet, as far as looks at it tell.
///
/// Bytes that a look finds came before it, and after the look in front of it. So between those of two looks lies at least the time from the
/// first of these looks to the last that found nothing in between.
struct QuietTime: BitwiseCopyable, Sendable {
  /// When bytes were found last, or when the first look was: what was before that is not known.
  private var since: Int64?
  private var lastLook: Int64 = 0

  /// Takes note of a look. Returns for how many ns there was certainly nothing before the bytes that it found, or until now.
  mutating func look(_ time: MonotonicTime, found isThere: Bool) -> Int64 {
    let now = time.nanoseconds
    defer {
      if isThere || since == nil { since = now }
      lastLook = now
    }
    guard let since else { return 0 }
    // A clock that goes back says nothing.
    let quiet = (isThere ? lastLook : now).subtractingReportingOverflow(since)
    return quiet.overflow ? 0 : max(quiet.partialValue, 0)
  }
}

/// The newest bytes of a stream that no frame has been made of yet: a window that slides.
struct StreamWindow<let capacity: Int>: BitwiseCopyable, Sendable {
  private var bytes = InlineArray<capacity, UInt8>(repeating: 0)
  private var first = 0
  private var end = 0

  /// Bytes in it.
  var count: Int { end &- first }

  /// How many more it can take.
  var room: Int { capacity &- count }

  /// The byte at `place`, which must be below `count`.
  subscript(place: Int) -> UInt8 { bytes[first + place] }

  /// Takes a byte behind the others; `room` must not be 0.
  mutating func append(_ byte: UInt8) {
    if end == capacity {
      // At most once for each time that it fills, hence less than a move for each byte.
      var place = 0
      while place < count {
        bytes[place] = bytes[first &+ place]
        place &+= 1
      }
      (first, end) = (0, count)
    }
    bytes[end] = byte
    end &+= 1
  }

  /// Gives up the first `number` bytes, which must be there.
  mutating func drop(_ number: Int) {
    first &+= number
    if first >= end { (first, end) = (0, 0) }
  }
}
