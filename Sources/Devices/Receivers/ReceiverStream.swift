import HardwareInterfaces

/// What radio receivers speak.
public enum ReceiverProtocol: String, CaseIterable, Sendable {
  /// TBS Crossfire, ExpressLRS.
  case crsf
  /// Futaba, FrSky.
  case sbus
  /// FlySky.
  case ibus

  /// How a port must be set for it.
  public var port: SerialSettings {
    switch self {
    case .crsf: CRSFParser.port
    case .sbus: SBUSParser.port
    case .ibus: IBUSParser.port
    }
  }
}

/// The parser of one receiver's stream, whatever it speaks.
public enum ReceiverStream: Sendable, BitwiseCopyable {
  /// See `CRSFParser`.
  case crsf(CRSFParser)
  /// See `SBUSParser`.
  case sbus(SBUSParser)
  /// See `IBUSParser`.
  case ibus(IBUSParser)

  /// A parser that has seen nothing.
  ///
  /// - Parameter scaling: What an SBUS count means; of no use elsewhere.
  public init(_ spoken: ReceiverProtocol, scaling: SBUSScaling = .betaflight) {
    switch spoken {
    case .crsf: self = .crsf(CRSFParser())
    case .sbus: self = .sbus(SBUSParser(scaling: scaling))
    case .ibus: self = .ibus(IBUSParser())
    }
  }

  /// What has been received so far.
  public var sample: ReceiverSample {
    switch self {
    case .crsf(let parser): parser.sample
    case .sbus(let parser): parser.sample
    case .ibus(let parser): parser.sample
    }
  }

  /// See `ReceiverParser`.
  @discardableResult
  public mutating func take(_ bytes: Span<UInt8>, at time: MonotonicTime) -> Int {
    switch self {
    case .crsf(var parser):
      let taken = parser.take(bytes, at: time)
      self = .crsf(parser)
      return taken
    case .sbus(var parser):
      let taken = parser.take(bytes, at: time)
      self = .sbus(parser)
      return taken
    case .ibus(var parser):
      let taken = parser.take(bytes, at: time)
      self = .ibus(parser)
      return taken
    }
  }
}
