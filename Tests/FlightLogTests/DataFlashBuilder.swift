@testable import FlightLog

/// Writes DataFlash logs, good and bad, following ArduPilot's description of the format and not Ganglion's reader.
struct DataFlashBuilder {
  /// What goes into a field.
  enum Value: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case number(Double)
    case text(String)
    init(floatLiteral value: Double) { self = .number(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(stringLiteral value: String) { self = .text(value) }
  }

  /// The file so far.
  private(set) var bytes: [UInt8] = []
  private var types: [UInt8: [Character]] = [:]

  /// A file that begins with the format of formats.
  init() { format(128, "FMT", "BBnNZ", "Type,Length,Name,Format,Columns") }

  /// Adds a format, of a length that its types give or of another.
  mutating func format(_ id: UInt8, _ name: String, _ types: String, _ columns: String, length: Int? = nil) {
    self.types[id] = Array(types)
    let sizes: [Character: Int] = [
      "b": 1, "B": 1, "M": 1, "h": 2, "H": 2, "c": 2, "C": 2, "g": 2, "i": 4, "I": 4, "e": 4, "E": 4, "L": 4,
      "f": 4,
      "n": 4, "q": 8, "Q": 8, "d": 8, "N": 16, "Z": 64, "a": 64,
    ]
    bytes += [0xA3, 0x95, 128, id, UInt8(length ?? 3 + types.reduce(0) { $0 + (sizes[$1] ?? 0) })]
    for (text, size) in [(name, 4), (types, 16), (columns, 64)] { append(text, size) }
  }

  /// Adds a message.
  mutating func message(_ id: UInt8, _ values: Value...) {
    bytes += [0xA3, 0x95, id]
    for (type, value) in zip(types[id] ?? [], values) {
      switch value {
      case .number(let number): append(number, type)
      case .text(let text): append(text, type == "n" ? 4 : type == "N" ? 16 : 64)
      }
    }
  }

  /// Adds bytes as they are.
  mutating func raw(_ more: [UInt8]) { bytes += more }

  private mutating func append(_ text: String, _ size: Int) {
    bytes += (Array(text.utf8) + [UInt8](repeating: 0, count: size)).prefix(size)
  }

  private mutating func append(_ value: Double, _ type: Character) {
    func put<T: FixedWidthInteger>(_ value: T) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    switch type {
    case "b", "M": put(Int8(value))
    case "B": put(UInt8(value))
    case "h": put(Int16(value))
    case "H": put(UInt16(value))
    case "i": put(Int32(value))
    case "I": put(UInt32(value))
    case "q": put(Int64(value))
    case "Q": put(UInt64(value))
    case "c": put(Int16((value * 100).rounded()))
    case "C": put(UInt16((value * 100).rounded()))
    case "e": put(Int32((value * 100).rounded()))
    case "E": put(UInt32((value * 100).rounded()))
    case "L": put(Int32((value * 1e7).rounded()))
    case "f": put(Float(value).bitPattern)
    case "d": put(value.bitPattern)
    case "g": put(Float16(value).bitPattern)
    default: bytes += [UInt8](repeating: 0, count: 64)
    }
  }

  static let imu: UInt8 = 130
  static let baro: UInt8 = 131
  static let rangefinder: UInt8 = 132
  static let battery: UInt8 = 133
  static let attitude: UInt8 = 134
  static let arm: UInt8 = 135
  static let compass: UInt8 = 136
  static let text: UInt8 = 137

  /// The formats of a copter of 4.5.
  mutating func copterFormats() {
    format(Self.imu, "IMU", "QBffffffIIfBBHH", "TimeUS,I,GyrX,GyrY,GyrZ,AccX,AccY,AccZ,EG,EA,T,GH,AH,GHz,AHz")
    format(Self.baro, "BARO", "QBffcfIffB", "TimeUS,I,Alt,Press,Temp,CRt,SMS,Offset,GndTemp,Health")
    format(Self.rangefinder, "RFND", "QBCBBb", "TimeUS,Instance,Dist,Stat,Orient,Quality")
    format(Self.battery, "BAT", "QBfffffcfB", "TimeUS,Inst,Volt,VoltR,Curr,CurrTot,EnrgTot,Temp,Res,RemPct")
    format(
      Self.attitude, "ATT", "QccccCCCCB", "TimeUS,DesRoll,Roll,DesPitch,Pitch,DesYaw,Yaw,ErrRP,ErrYaw,AEKF")
    format(Self.arm, "ARM", "QBIBB", "TimeUS,ArmState,ArmChecks,Forced,Method")
    format(
      Self.compass, "MAG", "QBhhhhhhhhhBI", "TimeUS,I,MagX,MagY,MagZ,OfsX,OfsY,OfsZ,MOX,MOY,MOZ,Health,S")
    format(Self.text, "MSG", "QZ", "TimeUS,Message")
  }

  /// Adds an inertial sample; `health` 0 for a sensor that is not well.
  mutating func inertial(
    _ time: Double, instance: Double = 0, rateX: Double = 0.25, forceZ: Double = -9.75, health: Double = 1
  ) {
    message(
      Self.imu, .number(time), .number(instance), .number(rateX), -0.5, 0.125, 0.5, -0.25, .number(forceZ), 0,
      0, 31.5,
      .number(health), .number(health), 1000, 1000)
  }

  /// Two seconds of a copter: inertial data at 100 Hz from two sensors, pressure, range and field at 20 Hz, battery at
  /// 10 Hz, attitude at 25 Hz, armed after half a second.
  static func copter() -> DataFlashBuilder {
    var log = DataFlashBuilder()
    log.copterFormats()
    log.message(text, 990_000, "ArduCopter V4.5.7")
    for tick in 0..<200 {
      let time = 1_000_000 + Double(tick) * 10_000
      // Never twice the same, as of a sensor that lives.
      log.inertial(time, rateX: 0.25 + Double(tick % 8) / 64)
      log.inertial(time + 100, instance: 1, rateX: 0.25)
      if tick % 5 == 0 {
        log.message(
          baro, .number(time), 0, 12.5, .number(101_325 - Double(tick)), 21.25, 0, .number(Double(tick)), 0,
          20, 1)
        log.message(rangefinder, .number(time), 0, .number(1.25 + Double(tick) / 100), 4, 25, 90)
        log.message(
          compass, .number(time), 0, .number(200 + Double(tick)), -30, 400, 0, 0, 0, 0, 0, 0, 1, .number(time)
        )
      }
      if tick % 10 == 0 {
        log.message(battery, .number(time), 0, 11.5, 11.75, .number(Double(tick) / 4), 10, 1, 25.5, 0.01, 90)
      }
      if tick % 4 == 0 {
        log.message(attitude, .number(time), 0, .number(Double(tick) / 10), 0, -5.25, 0, 271.5, 0, 0, 3)
      }
      if tick == 50 { log.message(arm, .number(time), 1, 0, 0, 0) }
    }
    return log
  }
}
