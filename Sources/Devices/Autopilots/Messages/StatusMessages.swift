extension MAVLink {
  /// HEARTBEAT (0): Who is there, of which kind, and in which state; once a second.
  public struct Heartbeat: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 0 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "HEARTBEAT" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 50 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 9 }

    /// The autopilot's own mode.
    public var customMode: UInt32 = 0
    /// Kind of vehicle (MAV_TYPE; 18 is an onboard computer), and of autopilot (MAV_AUTOPILOT; 8 is none, 12 PX4, 3 ArduPilot).
    public var kind: UInt8 = 0, autopilot: UInt8 = 0
    /// Bits of MAV_MODE_FLAG (0x80 armed, 0x01 custom mode), and the state (MAV_STATE; 3 standby, 4 active, 5 critical).
    public var baseMode: UInt8 = 0, systemStatus: UInt8 = 0
    /// The protocol's version: 3.
    public var version: UInt8 = 3

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("custom_mode", &customMode)
      fields.row("type", &kind)
      fields.row("autopilot", &autopilot)
      fields.row("base_mode", &baseMode)
      fields.row("system_status", &systemStatus)
      fields.row("mavlink_version", &version)
    }
  }

  /// SYS_STATUS (1): How the vehicle is: sensors, load, battery, link.
  public struct SystemStatus: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 1 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "SYS_STATUS" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 124 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 43 }

    /// Bits of MAV_SYS_STATUS_SENSOR: what is there, what is in use, what is well.
    public var present: UInt32 = 0, enabled: UInt32 = 0, health: UInt32 = 0
    /// Load of the processor in 0.1 %.
    public var load: UInt16 = 0
    /// The battery in mV; 65535 when it is not known.
    public var voltage: UInt16 = 0
    /// Its current in 10 mA; −1 when it is not known.
    public var current: Int16 = 0
    /// Share of packets lost in 0.01 %, and errors of the link.
    public var dropRate: UInt16 = 0, linkErrors: UInt16 = 0
    /// Errors that the autopilot counts in its own way.
    public var errors1: UInt16 = 0, errors2: UInt16 = 0, errors3: UInt16 = 0, errors4: UInt16 = 0
    /// What is left of the battery in %; −1 when it is not known.
    public var remaining: Int8 = 0
    /// More bits of the same kinds.
    public var presentExtended: UInt32 = 0, enabledExtended: UInt32 = 0, healthExtended: UInt32 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("onboard_control_sensors_present", &present)
      fields.row("onboard_control_sensors_enabled", &enabled)
      fields.row("onboard_control_sensors_health", &health)
      fields.row("load", &load)
      fields.row("voltage_battery", &voltage)
      fields.row("current_battery", &current)
      fields.row("drop_rate_comm", &dropRate)
      fields.row("errors_comm", &linkErrors)
      fields.row("errors_count1", &errors1)
      fields.row("errors_count2", &errors2)
      fields.row("errors_count3", &errors3)
      fields.row("errors_count4", &errors4)
      fields.row("battery_remaining", &remaining)
      fields.extensions()
      fields.row("onboard_control_sensors_present_extended", &presentExtended)
      fields.row("onboard_control_sensors_enabled_extended", &enabledExtended)
      fields.row("onboard_control_sensors_health_extended", &healthExtended)
    }
  }

  /// EXTENDED_SYS_STATE (245): Whether the vehicle flies.
  public struct ExtendedSystemState: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 245 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "EXTENDED_SYS_STATE" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 130 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 2 }

    /// MAV_VTOL_STATE, and MAV_LANDED_STATE (1 on the ground, 2 in the air, 3 taking off, 4 landing).
    public var vtol: UInt8 = 0, landed: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("vtol_state", &vtol)
      fields.row("landed_state", &landed)
    }
  }

  /// STATUSTEXT (253): Words for people.
  public struct StatusText: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 253 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "STATUSTEXT" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 83 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 54 }

    /// 0 emergency to 7 debug, as syslog has it.
    public var severity: UInt8 = 0
    /// The words, ended by 0 when they are shorter than 50 bytes.
    public var text = InlineArray<50, UInt8>(repeating: 0)
    /// Number of a text in several pieces; 0 when it is whole.
    public var id: UInt16 = 0
    /// Which piece it is.
    public var piece: UInt8 = 0

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("severity", &severity)
      fields.text("text", &text)
      fields.extensions()
      fields.row("id", &id)
      fields.row("chunk_seq", &piece)
    }
  }

  /// AUTOPILOT_VERSION (148): What the vehicle's software is and can.
  public struct AutopilotVersion: MAVLinkMessage, BitwiseCopyable {
    /// See `MAVLinkMessage`.
    public static var id: UInt32 { 148 }
    /// See `MAVLinkMessage`.
    public static var name: StaticString { "AUTOPILOT_VERSION" }
    /// See `MAVLinkMessage`.
    public static var crcExtra: UInt8 { 178 }
    /// See `MAVLinkMessage`.
    public static var length: Int { 78 }

    /// Bits of MAV_PROTOCOL_CAPABILITY, and a number that tells boards apart.
    public var capabilities: UInt64 = 0, uid: UInt64 = 0
    /// Versions, major to minor from the highest byte on.
    public var flightSoftware: UInt32 = 0, middleware: UInt32 = 0, operatingSystem: UInt32 = 0,
      board: UInt32 = 0
    /// Numbers of vendor and product.
    public var vendor: UInt16 = 0, product: UInt16 = 0
    /// First bytes of the sources' digests.
    public var flightDigest = InlineArray<8, UInt8>(repeating: 0),
      middlewareDigest = InlineArray<8, UInt8>(repeating: 0),
      operatingSystemDigest = InlineArray<8, UInt8>(repeating: 0)
    /// A longer number that tells boards apart.
    public var uid2 = InlineArray<18, UInt8>(repeating: 0)

    /// All of it is 0, but for what is always the same.
    public init() {}

    /// See `MAVLinkMessage`.
    public mutating func visit<Fields: MAVLinkFields>(_ fields: inout Fields) {
      fields.row("capabilities", &capabilities)
      fields.row("uid", &uid)
      fields.row("flight_sw_version", &flightSoftware)
      fields.row("middleware_sw_version", &middleware)
      fields.row("os_sw_version", &operatingSystem)
      fields.row("board_version", &board)
      fields.row("vendor_id", &vendor)
      fields.row("product_id", &product)
      fields.row("flight_custom_version", &flightDigest)
      fields.row("middleware_custom_version", &middlewareDigest)
      fields.row("os_custom_version", &operatingSystemDigest)
      fields.extensions()
      fields.row("uid2", &uid2)
    }
  }
}
