import Control

extension Section {
  /// What the section gives of some settings, by their names; `nil` after an error was noted.
  func given(_ settings: [SettingDescription]) -> [String: SettingValue]? {
    var given: [String: SettingValue] = [:]
    for setting in settings {
      guard let value = value(setting.name) else { continue }
      given[setting.name] = SettingValue(value, setting.kind)
      guard given[setting.name] != nil else {
        complain(setting.name, "found \(value.shown), expected \(setting.kind.words)")
        return nil
      }
    }
    return given
  }
}
