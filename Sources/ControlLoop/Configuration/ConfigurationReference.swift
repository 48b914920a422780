extension Configuration {
  /// Every section's schema, in the order of the reference.
  static var schemas: [SectionSchema] {
    [
      schema, Loop.schema, Model.schema, Bus.schema, Sensors.schema, InertialSensor.schema, Mounting.schema,
      Barometer.schema, Magnetometer.schema, RangeFinder.schema, PowerMonitor.schema, Actuators.schema,
      PulseDriver.schema, Motor.schema, Lines.schema, Line.schema, SwitchLine.schema, RealTime.schema,
      Watchdog.schema, Estimator.schema, AltitudeFilter.schema, Network.schema,
      Input.schema, Output.schema, Limits.schema, SetpointChange.schema, SetpointRates.schema, Arming.schema,
      Failsafe.schema,
    ] + Failsafe.configurable.map(\.ruleSchema) + [
      Log.schema, Evaluation.schema, Simulation.schema, Variation.schema, Wind.schema,
      RandomSetpoints.schema,
    ]
  }

  /// The reference of all keys as Markdown: the generated part of `docs/configuration.md`.
  public static var reference: String {
    (schemas.map(\.markdown) + [signalTable]).joined(separator: "\n\n")
  }

  private static var signalTable: String {
    let rows = Signal.allCases.map { "| `\($0.rawValue)` | \($0.unit) |" }
    return
      (["### Signals", "", "What `network.inputs[].signal` may name.", "", "| signal | unit |", "|---|---|"]
      + rows)
      .joined(separator: "\n")
  }
}

extension SectionSchema {
  /// The section as a heading and a table.
  fileprivate var markdown: String {
    let heading =
      path.isEmpty ? "The file" : path.split(separator: ", ").map { "`\($0)`" }.joined(separator: ", ")
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
