import Sampling

extension Configuration {
  /// Every section's schema for a kind of vehicle, in the order of the reference.
  static func schemas(of vehicle: VehicleKind) -> [SectionSchema] {
    let shared: [any ConfigurationPart.Type] = [
      Self.self, Loop.self, Model.self, Bus.self, Sensors.self, InertialSensor.self, SensorMounting.self,
    ]
    let others: [any ConfigurationPart.Type] = [
      Actuators.self, PulseDriver.self, Motor.self, Lines.self, DigitalLine.self, SwitchLine.self,
      RealTime.self, Watchdog.self, Network.self, Input.self, Output.self, Arming.self, Failsafe.self,
    ]
    var schemas = (shared + vehicle.parts.sensors.map(\.section)).map { $0.schema(of: vehicle) }
    schemas += vehicle.kindsOfSensors.map(\.healthSchema)
    schemas += others.map { $0.schema(of: vehicle) }
    schemas += Failsafe.configurable(of: vehicle).map(\.ruleSchema)
    schemas += vehicle.parts.schemas + [TrainingSection.schema, Log.schema]
    // A part that the vehicle lacks has no keys; what two sensors share stands there once.
    var paths: Set<String> = []
    return schemas.filter { !$0.keys.isEmpty && paths.insert($0.path).inserted }
  }

  /// The reference of all keys as Markdown: the generated part of `docs/configuration.md`. A section that all kinds of
  /// vehicle have in common stands there once, any other once for each kind.
  public static var reference: String {
    let kinds = VehicleKind.allCases.map { (kind: $0, schemas: schemas(of: $0)) }
    var paths: [String] = []
    for (_, schemas) in kinds {
      // What only this kind has stands behind what comes before it in the kind's own order.
      var place = 0
      for path in schemas.map(\.path) {
        if let known = paths.firstIndex(of: path) {
          place = known + 1
        } else {
          paths.insert(path, at: place)
          place += 1
        }
      }
    }
    let sections = paths.flatMap { path in
      let versions = kinds.map { kind, schemas in (kind, schemas.first { $0.path == path }) }
      let isShared = versions.allSatisfy { $0.1 == versions.first?.1 }
      guard !isShared else { return versions.prefix(1).compactMap { $0.1?.markdown(of: nil) } }
      return versions.compactMap { kind, schema in schema?.markdown(of: kind) }
    }
    let tables = (VehicleTables.schemas + PartsPlant.schemas).map { schema in
      let isAlike = paths.contains(schema.path)
      let words = schema.path.isEmpty ? "The file" : "`\(schema.path)`"
      return isAlike ? schema.markdown(heading: "\(words) without `vehicle`") : schema.markdown(of: nil)
    }
    return (sections + [signalTable] + tables).joined(separator: "\n\n")
  }

  private static var signalTable: String {
    let kinds = VehicleKind.allCases
    let rows = NetworkSignal.allCases.map { signal in
      let users = kinds.filter { $0.signals.contains(signal) }.map(\.words).joined(separator: ", ")
      return "| `\(signal.rawValue)` | \(signal.unit) | \(users) |"
    }
    return
      ([
        "### Signals", "", "What `network.inputs[].signal` may name.", "", "| signal | unit | of a |",
        "|---|---|---|",
      ] + rows).joined(separator: "\n")
  }
}

extension VehicleKind {
  /// The kinds of sensors that may have spares.
  var kindsOfSensors: [SensorKind] {
    let names = parts.sensors.map(\.rawValue)
    return SensorKind.allCases.filter { $0 == .imu || names.contains($0.rawValue) }
  }
}

extension SectionSchema {
  /// The section as a heading and a table; of one kind of vehicle when it is not that of all.
  fileprivate func markdown(of vehicle: VehicleKind?) -> String {
    let paths =
      path.isEmpty ? "The file" : path.split(separator: ", ").map { "`\($0)`" }.joined(separator: ", ")
    return markdown(heading: paths + (vehicle.map { " of a \($0.words)" } ?? ""))
  }

  fileprivate func markdown(heading: String) -> String {
    let rows = keys.map { key in
      let standard = key.standard.map { $0.isEmpty ? "" : $0 } ?? "**required**"
      return "| `\(key.name)` | \(key.expected) | \(key.unit) | \(standard) | \(key.about) |"
    }
    return
      ([
        "### \(heading)", "", about, "", "| key | value | unit | default | meaning |",
        "|---|---|---|---|---|",
      ]
      + rows).joined(separator: "\n")
  }
}
