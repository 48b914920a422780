extension MAVLink {
  /// COMMAND_INT (75): A command with a place.
  public struct CommandInt: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 75 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "COMMAND_INT" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 158 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 35 }

    /// What it needs; NaN where nothing is said.
    public var p1: Float = 0, p2: Float = 0, p3: Float = 0, p4: Float = 0
    /// Place: degrees times 10⁷, or m times 10⁴.
    public var x: Int32 = 0, y: Int32 = 0
    /// Height in m; NaN where nothing is said.
    public var z: Float = 0
    /// Which command (MAV_CMD).
    public var command: UInt16 = 0
    /// Who is meant.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0
    /// The place's axes (MAV_FRAME), and two flags that have no use.
    public var frame: UInt8 = 0, current: UInt8 = 0, autocontinue: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.optional("param1", &p1)
      fields.optional("param2", &p2)
      fields.optional("param3", &p3)
      fields.optional("param4", &p4)
      fields.row("x", &x)
      fields.row("y", &y)
      fields.optional("z", &z)
      fields.row("command", &command)
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
      fields.row("frame", &frame)
      fields.row("current", &current)
      fields.row("autocontinue", &autocontinue)
    }
  }

  /// COMMAND_LONG (76): A command.
  public struct CommandLong: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 76 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "COMMAND_LONG" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 152 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 33 }

    /// What it needs; NaN where nothing is said.
    public var p1: Float = 0, p2: Float = 0, p3: Float = 0, p4: Float = 0, p5: Float = 0, p6: Float = 0,
      p7: Float = 0
    /// Which command (MAV_CMD).
    public var command: UInt16 = 0
    /// Who is meant.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0
    /// How often it was sent before.
    public var confirmation: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.optional("param1", &p1)
      fields.optional("param2", &p2)
      fields.optional("param3", &p3)
      fields.optional("param4", &p4)
      fields.optional("param5", &p5)
      fields.optional("param6", &p6)
      fields.optional("param7", &p7)
      fields.row("command", &command)
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
      fields.row("confirmation", &confirmation)
    }
  }

  /// COMMAND_ACK (77): What became of a command.
  public struct CommandAck: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 77 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "COMMAND_ACK" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 143 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 10 }

    /// Which command (MAV_CMD).
    public var command: UInt16 = 0
    /// 0 accepted, 1 not now, 2 denied, 3 not supported, 4 failed, 5 under way.
    public var result: UInt8 = 0
    /// How far it is in %; 255 when it is not known.
    public var progress: UInt8 = 0
    /// More of the result.
    public var detail: Int32 = 0
    /// Who had sent the command.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("command", &command)
      fields.row("result", &result)
      fields.extensions()
      fields.row("progress", &progress)
      fields.row("result_param2", &detail)
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
    }
  }

  /// MESSAGE_INTERVAL (244): How often a message is sent.
  public struct MessageInterval: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 244 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "MESSAGE_INTERVAL" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 95 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 6 }

    /// Time between two of them in µs; −1 when it is not sent, 0 when it is not known.
    public var interval: Int32 = 0
    /// Which message.
    public var message: UInt16 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("interval_us", &interval)
      fields.row("message_id", &message)
    }
  }

  /// MANUAL_CONTROL (69): Where a joystick is.
  public struct ManualControl: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 69 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "MANUAL_CONTROL" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 243 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 30 }

    /// Forwards, right, up and about the vertical: −1000 to 1000 (up: 0 to 1000 for copters); 32767 where there is none.
    public var x: Int16 = 0, y: Int16 = 0, z: Int16 = 0, r: Int16 = 0
    /// Buttons that are down.
    public var buttons: UInt16 = 0
    /// Who is meant.
    public var targetSystem: UInt8 = 0
    /// More buttons.
    public var moreButtons: UInt16 = 0
    /// Which of the following mean anything.
    public var extensions: UInt8 = 0
    /// Pitch and roll of vehicles that can move without them, and more axes: −1000 to 1000.
    public var s: Int16 = 0, t: Int16 = 0, aux1: Int16 = 0, aux2: Int16 = 0, aux3: Int16 = 0, aux4: Int16 = 0,
      aux5: Int16 = 0, aux6: Int16 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("x", &x)
      fields.row("y", &y)
      fields.row("z", &z)
      fields.row("r", &r)
      fields.row("buttons", &buttons)
      fields.row("target", &targetSystem)
      fields.extensions()
      fields.row("buttons2", &moreButtons)
      fields.row("enabled_extensions", &extensions)
      fields.row("s", &s)
      fields.row("t", &t)
      fields.row("aux1", &aux1)
      fields.row("aux2", &aux2)
      fields.row("aux3", &aux3)
      fields.row("aux4", &aux4)
      fields.row("aux5", &aux5)
      fields.row("aux6", &aux6)
    }
  }

  /// RC_CHANNELS_OVERRIDE (70): Pulse widths in place of the radio's, in µs. Channels 1 to 8: 65535 is to be ignored, 0 gives the channel
  /// back to the radio; 9 to 18: 0 and 65535 are to be ignored, 65534 gives it back.
  public struct ReceiverOverride: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 70 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "RC_CHANNELS_OVERRIDE" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 124 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 38 }

    /// The channels, the first in front.
    public var channels = InlineArray<18, UInt16>(repeating: 0)
    /// Who is meant.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("chan1_raw", &channels[0])
      fields.row("chan2_raw", &channels[1])
      fields.row("chan3_raw", &channels[2])
      fields.row("chan4_raw", &channels[3])
      fields.row("chan5_raw", &channels[4])
      fields.row("chan6_raw", &channels[5])
      fields.row("chan7_raw", &channels[6])
      fields.row("chan8_raw", &channels[7])
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
      fields.extensions()
      fields.row("chan9_raw", &channels[8])
      fields.row("chan10_raw", &channels[9])
      fields.row("chan11_raw", &channels[10])
      fields.row("chan12_raw", &channels[11])
      fields.row("chan13_raw", &channels[12])
      fields.row("chan14_raw", &channels[13])
      fields.row("chan15_raw", &channels[14])
      fields.row("chan16_raw", &channels[15])
      fields.row("chan17_raw", &channels[16])
      fields.row("chan18_raw", &channels[17])
    }
  }
}
