/// MAVLink 2, the protocol of autopilots and ground stations (mavlink.io, *Serialization*; messages of *common.xml*): framing, signing and
/// the messages that Ganglion speaks.
public enum MAVLink {
  /// Why a message is not taken, or not sent.
  public enum Refusal: Error, Equatable, Sendable, BitwiseCopyable {
    /// The frame holds another message.
    case otherMessage
    /// A number that must be one is NaN or infinite.
    case notFinite
  }

  /// Whether a frame carries a message that is known here, and what its checksum ends with; `nil` when it does not.
  static func crcExtra(of id: UInt32) -> UInt8? {
    switch id {
    case Heartbeat.id: Heartbeat.crcExtra
    case SystemStatus.id: SystemStatus.crcExtra
    case ParameterRequest.id: ParameterRequest.crcExtra
    case ParameterListRequest.id: ParameterListRequest.crcExtra
    case ParameterValue.id: ParameterValue.crcExtra
    case ParameterSet.id: ParameterSet.crcExtra
    case AttitudeAngles.id: AttitudeAngles.crcExtra
    case AttitudeQuaternion.id: AttitudeQuaternion.crcExtra
    case LocalPosition.id: LocalPosition.crcExtra
    case ServoOutputs.id: ServoOutputs.crcExtra
    case ReceiverChannels.id: ReceiverChannels.crcExtra
    case ManualControl.id: ManualControl.crcExtra
    case ReceiverOverride.id: ReceiverOverride.crcExtra
    case CommandInt.id: CommandInt.crcExtra
    case CommandLong.id: CommandLong.crcExtra
    case CommandAck.id: CommandAck.crcExtra
    case SetAttitudeTarget.id: SetAttitudeTarget.crcExtra
    case AttitudeTarget.id: AttitudeTarget.crcExtra
    case SetPositionTarget.id: SetPositionTarget.crcExtra
    case PositionTarget.id: PositionTarget.crcExtra
    case HighresIMU.id: HighresIMU.crcExtra
    case OpticalFlow.id: OpticalFlow.crcExtra
    case TimeSync.id: TimeSync.crcExtra
    case DistanceSensor.id: DistanceSensor.crcExtra
    case AutopilotVersion.id: AutopilotVersion.crcExtra
    case MessageInterval.id: MessageInterval.crcExtra
    case ExtendedSystemState.id: ExtendedSystemState.crcExtra
    case StatusText.id: StatusText.crcExtra
    default: nil
    }
  }
}

/// A message of MAVLink: a row for each field, in the order in which they go over the wire.
///
/// Reading, writing, the checksum's last byte and what tests compare all follow from `visit`.
public protocol MAVLinkMessage: Sendable {
  /// Its number, at most 24 bits.
  static var id: UInt32 { get }
  /// Its name in *common.xml*.
  static var name: StaticString { get }
  /// The checksum's last byte, which stands for name, fields and types: two sides that disagree on them do not understand each other.
  static var crcExtra: UInt8 { get }
  /// Bytes of its payload, with all extensions.
  static var length: Int { get }

  /// All of it is 0, but for what is always the same.
  init()

  /// Shows every field to `fields`, which may change it: fields of the first version sorted by size, then the extensions.
  mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields)
}

/// A number as MAVLink sends it: little-endian, of 1 to 8 bytes.
public protocol MAVLinkNumber: BitwiseCopyable, Sendable {
  /// Its type's name in *common.xml*.
  static var typeName: StaticString { get }
  /// Its bytes.
  static var size: Int { get }
  /// The number in the lowest bytes.
  var wireBits: UInt64 { get }
  /// Whether it is a number at all, and whether it is infinite: only a `Float` is sometimes not.
  var isNaN: Bool { get }
  /// See `isNaN`.
  var isInfinite: Bool { get }
  /// The number in the lowest bytes of `wireBits`.
  init(wireBits: UInt64)
}

extension MAVLinkNumber where Self: FixedWidthInteger {
  /// See `MAVLinkNumber`.
  public static var size: Int { bitWidth / 8 }
  /// See `MAVLinkNumber`.
  public var wireBits: UInt64 { UInt64(truncatingIfNeeded: self) }
  /// See `MAVLinkNumber`.
  public var isNaN: Bool { false }
  /// See `MAVLinkNumber`.
  public var isInfinite: Bool { false }
  /// See `MAVLinkNumber`.
  public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
}

extension UInt8: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "uint8_t" }
}
extension Int8: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "int8_t" }
}
extension UInt16: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "uint16_t" }
}
extension Int16: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "int16_t" }
}
extension UInt32: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "uint32_t" }
}
extension Int32: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "int32_t" }
}
extension UInt64: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "uint64_t" }
}
extension Int64: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "int64_t" }
}
extension Float: MAVLinkNumber {
  /// See `MAVLinkNumber`.
  public static var typeName: StaticString { "float" }
  /// See `MAVLinkNumber`.
  public static var size: Int { 4 }
  /// See `MAVLinkNumber`.
  public var wireBits: UInt64 { UInt64(bitPattern) }
  /// See `MAVLinkNumber`.
  public init(wireBits: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: wireBits)) }
}
