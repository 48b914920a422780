import Control
import Signals

extension Configuration {
  /// The gains and limits of a template's controllers: settings of its blocks, by their keys.
  public struct Gains: Sendable, Equatable {
    /// Every key's value.
    public private(set) var values: [String: Double]
    let keys: [GainKey]

    /// A value; 0 for a key that there is not.
    public func value(_ key: String) -> Double { values[key] ?? 0 }

    /// The settings of one of the template's blocks.
    func settings(of block: String) -> [String: SettingValue] {
      var settings: [String: SettingValue] = [:]
      for key in keys where key.block == block { settings[key.setting] = .number(value(key.name)) }
      return settings
    }

    /// Reads the section `gains`; `nil` after an error was noted.
    init?(_ file: Section, _ keys: [GainKey]) {
      guard let section = file.subsection("gains", schema: Self.schema(keys)) else { return nil }
      var values: [String: Double] = [:]
      for key in keys { if let value = section.read(key.key) { values[key.name] = value } }
      guard values.count == keys.count else { return nil }
      (self.values, self.keys) = (values, keys)
    }

    static func schema(_ keys: [GainKey]) -> SectionSchema {
      SectionSchema(
        path: "gains",
        about:
          "Gains and limits of the classical controller and of what stands beside it; `ganglion gains` computes those that follow from the airframe (docs/airframes.md).",
        keys: keys.map(\.key.description))
    }
  }

  /// A key of the section `gains`: a setting of a block, with the setting's range, unit and default.
  struct GainKey: Sendable, Equatable {
    /// The kind of block, and its setting.
    let block, setting: String
    let key: Key<Double>

    var name: String { key.name }

    /// Every number that can be set of a kind of block, but for `without`; `renamed` have another name in the section.
    static func all(
      of block: String, without: Set<String> = [], renamed: [String: String] = [:]
    ) -> [GainKey] {
      (BlockTable.kind(block)?.description.settings ?? []).compactMap { setting in
        guard case .number(let range, let unit) = setting.kind, !without.contains(setting.name),
          case .number(let standard)? = setting.standard
        else { return nil }
        let about = setting.about.prefix(1).uppercased() + setting.about.dropFirst() + "."
        return GainKey(
          block: block, setting: setting.name,
          key: .number(
            renamed[setting.name] ?? setting.name, range, unit: unit == .none ? "" : "\(unit)",
            standard: standard, about))
      }
    }

    static func == (a: GainKey, b: GainKey) -> Bool {
      (a.block, a.setting, a.name) == (b.block, b.setting, b.name)
    }
  }
}

extension Configuration.Quadrotor {
  /// The keys of its section `gains`.
  static let gainKeys: [Configuration.GainKey] = {
    var keys = Configuration.GainKey.all(of: "quadrotor_control")
    keys += Configuration.GainKey.all(
      of: "blind_descent", without: ["hover_thrust"], renamed: ["averaging": "thrust_averaging"])
    keys += Configuration.GainKey.all(
      of: "flight_phase", renamed: ["take_off": "take_off_altitude", "standing": "standing_time"])
    return keys + Configuration.GainKey.all(of: "flight_setpoint", without: ["tilt"])
  }()
}

extension Configuration.BalancingRobot {
  /// The keys of its section `gains`.
  static let gainKeys = Configuration.GainKey.all(of: "balance_control")
}
