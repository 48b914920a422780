import HardwareInterfaces

extension MAVLink {
  /// A sound frame: who sent which message, and its payload.
  public struct Frame: BitwiseCopyable, Sendable {
    /// The sender's count of frames, which wraps.
    public var sequence: UInt8 = 0
    /// The sender.
    public var system: UInt8 = 0, component: UInt8 = 0
    /// The message's number.
    public var message: UInt32 = 0
    /// Whether it carries a signature; whether that was checked is said by the parser's settings.
    public var isSigned = false
    /// Bytes that were sent of the payload.
    public var count = 0
    /// The payload; what was not sent is 0.
    public var payload = InlineArray<255, UInt8>(repeating: 0)

    /// An empty frame.
    public init() {}

    /// The message in it. A payload that is shorter than the message, because zeros at its end are not sent or because the sender knows fewer
    /// extensions, is filled with zeros; what is longer is cut.
    ///
    /// - Throws: `Refusal` when it holds another message, or a number is NaN or infinite that must be one.
    public func decode<Message: MAVLinkMessage>(
      _ type: Message.Type = Message.self
    ) throws(Refusal) -> Message {
      guard message == Message.id else { throw .otherMessage }
      var reader = MAVLinkReader(payload)
      var result = Message()
      result.visit(&reader)
      guard reader.isFinite else { throw .notFinite }
      return result
    }
  }

  /// A frame as it goes over the wire.
  public struct Packet: BitwiseCopyable, Sendable {
    fileprivate var bytes = InlineArray<280, UInt8>(repeating: 0)
    /// How many bytes it has.
    public fileprivate(set) var count = 0

    fileprivate init() {}

    /// The frame's bytes.
    public var span: Span<UInt8> {
      @_lifetime(borrow self)
      borrowing get { bytes.span.extracting(0..<count) }
    }

    fileprivate mutating func put(_ byte: UInt8) {
      guard count < 280 else { return }
      bytes[count] = byte
      count &+= 1
    }
  }

  /// Makes frames of messages, counts and, with a key, signs them.
  public struct Sender: BitwiseCopyable, Sendable {
    /// Who sends.
    public let system: UInt8, component: UInt8
    /// The number of the next frame.
    public private(set) var sequence: UInt8 = 0
    /// The key and the time of the last signature; `nil` when nothing is signed.
    public private(set) var signer: Signer?

    /// A sender, whose first frame has the number `sequence`. A signer's time must be stored and given back after a restart, or what was sent
    /// could be sent again by anybody.
    public init(system: UInt8, component: UInt8, signer: Signer? = nil, sequence: UInt8 = 0) {
      (self.system, self.component, self.signer, self.sequence) = (system, component, signer, sequence)
    }

    /// A message as it goes over the wire.
    ///
    /// - Parameter clock: Time in 10 µs since the beginning of 2015 (UTC), for the signature; it may stand still or be wrong, but not ahead of
    ///   what others believe.
    /// - Throws: `Refusal.notFinite` when a number is NaN or infinite that must be one. Then nothing is counted.
    public mutating func packet<Message: MAVLinkMessage>(
      _ message: Message, clock: UInt64 = 0
    ) throws(Refusal) -> Packet {
      var (message, writer) = (message, MAVLinkWriter())
      message.visit(&writer)
      guard writer.isFinite else { throw .notFinite }
      let sent = writer.sentCount
      var packet = Packet()
      packet.put(0xFD)
      packet.put(UInt8(truncatingIfNeeded: sent))
      packet.put(signer == nil ? 0 : 1)
      packet.put(0)
      packet.put(sequence)
      packet.put(system)
      packet.put(component)
      for shift: UInt32 in stride(from: 0, to: 24, by: 8) {
        packet.put(UInt8(truncatingIfNeeded: Message.id >> shift))
      }
      var place = 0
      while place < sent {
        packet.put(writer.payload[place])
        place &+= 1
      }
      var crc = X25()
      place = 1
      while place < packet.count {
        crc.take(packet.bytes[place])
        place &+= 1
      }
      crc.take(Message.crcExtra)
      packet.put(UInt8(truncatingIfNeeded: crc.value))
      packet.put(UInt8(truncatingIfNeeded: crc.value >> 8))
      if let signature = signer?.sign(packet.span, clock: clock) {
        for byte in 0..<13 { packet.put(signature[byte]) }
      }
      sequence &+= 1
      return packet
    }
  }
}
