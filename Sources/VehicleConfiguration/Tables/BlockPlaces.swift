/// Where a file has its blocks, its actuators and the parts of its rules of safety, for messages.
struct BlockPlaces {
  private var paths: [String: String] = [:]
  /// Of names that two have, the second's.
  private var seconds: [String: String] = [:]

  /// The path of a block, an actuator or a part such as "condition NAME"; `nil` for what the file does not say.
  subscript(name: String) -> String? {
    get { paths[name] }
    set { paths[name] = newValue }
  }

  /// The path of the second of two of one name; `nil` when there is only one.
  func second(_ name: String) -> String? { seconds[name] }

  /// Adds a block or an actuator.
  mutating func add(_ name: String, _ path: String) {
    if paths[name] == nil {
      paths[name] = path
    } else if seconds[name] == nil {
      seconds[name] = path
    }
  }

  /// Adds actuators, whose conversions are blocks.
  mutating func add(_ actuators: [ActuatorDeclaration]) {
    for actuator in actuators { add(actuator.name, actuator.path) }
  }
}

extension BlockList {
  /// Where the blocks of a file stand.
  var places: BlockPlaces {
    var places = BlockPlaces()
    for entry in entries { places.add(entry.declaration.name, entry.path) }
    return places
  }
}
