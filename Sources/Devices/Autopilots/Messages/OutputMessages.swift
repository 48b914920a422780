extension MAVLink {
  /// SERVO_OUTPUT_RAW (36): Pulse widths of the outputs in µs; 0 where there is none.
  public struct ServoOutputs: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 36 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "SERVO_OUTPUT_RAW" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 222 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 37 }

    /// Time since the start in µs, of which 32 bits are sent.
    public var time: UInt32 = 0
    /// The outputs, the first in front.
    public var outputs = InlineArray<16, UInt16>(repeating: 0)
    /// Which eight of a larger number they are; 0 for the first.
    public var port: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_usec", &time)
      fields.row("servo1_raw", &outputs[0])
      fields.row("servo2_raw", &outputs[1])
      fields.row("servo3_raw", &outputs[2])
      fields.row("servo4_raw", &outputs[3])
      fields.row("servo5_raw", &outputs[4])
      fields.row("servo6_raw", &outputs[5])
      fields.row("servo7_raw", &outputs[6])
      fields.row("servo8_raw", &outputs[7])
      fields.row("port", &port)
      fields.extensions()
      fields.row("servo9_raw", &outputs[8])
      fields.row("servo10_raw", &outputs[9])
      fields.row("servo11_raw", &outputs[10])
      fields.row("servo12_raw", &outputs[11])
      fields.row("servo13_raw", &outputs[12])
      fields.row("servo14_raw", &outputs[13])
      fields.row("servo15_raw", &outputs[14])
      fields.row("servo16_raw", &outputs[15])
    }
  }

  /// RC_CHANNELS (65): Pulse widths of a radio's channels in µs; 65535 where there is none.
  public struct ReceiverChannels: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 65 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "RC_CHANNELS" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 118 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 42 }

    /// Time since the start in ms.
    public var time: UInt32 = 0
    /// The channels, the first in front.
    public var channels = InlineArray<18, UInt16>(repeating: 0)
    /// How many there are, and the signal's strength, 0 to 254; 255 when it is not known.
    public var count: UInt8 = 0, signal: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("time_boot_ms", &time)
      fields.row("chan1_raw", &channels[0])
      fields.row("chan2_raw", &channels[1])
      fields.row("chan3_raw", &channels[2])
      fields.row("chan4_raw", &channels[3])
      fields.row("chan5_raw", &channels[4])
      fields.row("chan6_raw", &channels[5])
      fields.row("chan7_raw", &channels[6])
      fields.row("chan8_raw", &channels[7])
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
      fields.row("chancount", &count)
      fields.row("rssi", &signal)
    }
  }
}
