import Control
import Files
import VehicleConfiguration
import VehicleRuntime

/// `ganglion gains CONFIG`: the classical controller's gains for the airframe that a file describes.
enum GainsCommand {
  private static let help = """
    ganglion gains CONFIG [--json]

      Computes the classical controller's gains from the section airframe, the rate of the loop and the inertial sensor's filter,
      by the method that docs/airframes.md describes, and prints the section gains to put into the file. What it does not print
      keeps its value.

      --json    one JSON object: {"name": …, "basis": {…}, "gains": {…}}

    Exit status: 0 computed, 1 no such gains were found, 2 wrong use, or a file that is wrong or cannot be read.

    Example: ganglion gains firmware-configs/quadrotor-hold.json5
    """

  static func run(_ arguments: [String]) -> ExitStatus {
    perform("gains", help: help, arguments, flags: ["json"]) { arguments in
      let path = try arguments.exactly("CONFIG")[0]
      var overrides = ConfigurationOverrides(controller: .classical)
      overrides.ignoresGains = true
      let tables = try LoadedVehicle.tables(path: path, overrides: overrides)
      guard let configuration = tables.template else {
        throw CommandFailure(
          place: path, "the file has no template, and so no classical controller whose gains are known",
          remedy: "set the gains of its own blocks")
      }
      guard let computed = configuration.computedGains else {
        throw CommandFailure(
          place: "airframe", "no gains were found with which its motors hold this robot",
          remedy: "check the section's figures", status: .resultSaysNo)
      }
      Terminal.printResult(
        arguments.has("json") ? json(configuration.name, computed) : text(computed))
      return .success
    }
  }

  /// Four digits, as many as a gain is worth.
  private static func digits(_ value: Double) -> String { formatted("%.4g", value) }

  private static func text(_ computed: Configuration.ComputedGains) -> String {
    let basis = computed.basis.map { fact in
      let unit = fact.unit.isEmpty ? "" : " \(fact.unit)"
      return
        "  // \(fact.name.split(separator: "_").joined(separator: " ")) \(digits(fact.value))\(unit): \(fact.about)"
    }
    let gains = computed.gains.map { "  \($0.name): \(digits($0.value))," }
    return (["gains: {"] + basis + gains + ["},"]).joined(separator: "\n")
  }

  private static func json(_ name: String, _ computed: Configuration.ComputedGains) -> String {
    func object(_ pairs: [(String, Double)]) -> [String: Double] {
      Dictionary(
        pairs.map { ($0.0, Double(digits($0.1)) ?? $0.1) }, uniquingKeysWith: { first, _ in first })
    }
    return Terminal.json([
      "name": name, "basis": object(computed.basis.map { ($0.name, $0.value) }),
      "gains": object(computed.gains.map { ($0.name, $0.value) }),
    ])
  }
}
