import Control

/// The rows of the program that look at devices: for each sensor one that chooses among several or judges it, and one that looks at its
/// age. They stand in front of a file's own blocks, and need not be written.
enum DeviceRows {
  /// The rows of some sensors. Those of which there is a block of the same name among `taken` are left out: the file has its own.
  static func rows(of groups: [SensorGroup], taken: Set<String> = []) -> [BlockDeclaration] {
    SensorRows(groups) { _ in 0 }.blocks.filter { $0.kindName != "last_voltage" && !taken.contains($0.name) }
  }
}
