extension MAVLink {
  /// PARAM_REQUEST_READ (20): Asks for a parameter.
  public struct ParameterRequest: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 20 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "PARAM_REQUEST_READ" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 214 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 20 }

    /// Its number; −1 when its name counts.
    public var index: Int16 = 0
    /// Who is asked.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0
    /// Its name, ended by 0 when it is shorter than 16 bytes.
    public var name = InlineArray<16, UInt8>(repeating: 0)

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("param_index", &index)
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
      fields.text("param_id", &name)
    }
  }

  /// PARAM_REQUEST_LIST (21): Asks for all parameters.
  public struct ParameterListRequest: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 21 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "PARAM_REQUEST_LIST" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 159 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 2 }

    /// Who is asked.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
    }
  }

  /// PARAM_VALUE (22): A parameter as it is.
  public struct ParameterValue: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 22 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "PARAM_VALUE" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 220 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 25 }

    /// Its value; PX4 puts the bits of whole numbers here, which may look like no number.
    public var value: Float = 0
    /// How many parameters there are, and which this is.
    public var count: UInt16 = 0, index: UInt16 = 0
    /// Its name, ended by 0 when it is shorter than 16 bytes.
    public var name = InlineArray<16, UInt8>(repeating: 0)
    /// MAV_PARAM_TYPE: 9 is a number of 32 bits, 6 a whole one.
    public var type: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.optional("param_value", &value)
      fields.row("param_count", &count)
      fields.row("param_index", &index)
      fields.text("param_id", &name)
      fields.row("param_type", &type)
    }
  }

  /// PARAM_SET (23): Changes a parameter.
  public struct ParameterSet: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 23 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "PARAM_SET" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 168 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 23 }

    /// What it is to be.
    public var value: Float = 0
    /// Who is meant.
    public var targetSystem: UInt8 = 0, targetComponent: UInt8 = 0
    /// Its name, ended by 0 when it is shorter than 16 bytes.
    public var name = InlineArray<16, UInt8>(repeating: 0)
    /// MAV_PARAM_TYPE: 9 is a number of 32 bits, 6 a whole one.
    public var type: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("param_value", &value)
      fields.row("target_system", &targetSystem)
      fields.row("target_component", &targetComponent)
      fields.text("param_id", &name)
      fields.row("param_type", &type)
    }
  }
}
