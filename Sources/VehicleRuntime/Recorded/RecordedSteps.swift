import Control
import FlightLog
import LiquidModel
import Signals

/// What a network saw in each tick of a log, and what of the log could not be used.
package struct RecordedSteps {
  /// The log.
  package let path: String
  /// The ticks that could be read, ts in the model's time unit.
  package private(set) var steps: [Calibration.Step] = []
  /// What was used of the log, and what was not.
  package let account: ImportAccount

  /// Reads the log at `path`, and all parts of its run behind it, as input of `model`.
  ///
  /// - Throws: `LogError`, and `VehicleError` for a log with another network's inputs.
  package init(path: String, for model: NetworkModel) throws {
    self.path = path
    let log = try Self.open(path)
    let inputs = model.inputs.count
    var cursor = log.ticks()
    let table = log.table
    let time = table.index(of: "tick.time", as: Int64.self)
    // A vehicle may have several: the first that reads what the model does, else the first that takes as many inputs.
    let networks = NetworkSignals.all(table)
    let fitting = networks.filter { $0.inputs.count == inputs }
    let wanted = model.inputs.map(\.name)
    let network =
      (fitting.count > 1 ? fitting.first { Self.inputs(of: $0, in: log) == wanted } : nil)
      ?? fitting.first ?? networks.first
    let unit = try Self.timeUnit(of: log, network, path, for: model)
    var counted = TickAccount(of: .networkInputs)
    reading: while true {
      let event = try cursor.next()
      let frame = cursor.frame
      counted.note(event, lostBefore: cursor.lostBeforeRecovery, time: time.map { frame[$0] } ?? 0)
      switch event {
      case .tick:
        guard let network, network.inputs.count == inputs else {
          throw VehicleError(
            "\(path): the network in the log has \(network?.inputs.count ?? 0) inputs, the model has \(inputs): fly this "
              + "network's configuration to get a log for it")
        }
        let flown = network.ts.map { frame[$0] } ?? 0
        let ts = unit == model.timeUnit ? flown : Float(Double(flown) * unit / model.timeUnit)
        steps.append(Calibration.Step(inputs: network.inputs.map { frame[$0] }, ts: ts))
      case .dropout, .damage: continue
      case .end: break reading
      }
    }
    account = counted.account
  }

  /// Opens a log; what is none may hold rows that Python can calibrate on.
  private static func open(_ path: String) throws -> FlightLogReader {
    do throws(LogError) {
      return try FlightLogReader(path: path)
    } catch {
      guard error.cause == .notALog else { throw error }
      var failure = VehicleError(error, in: path)
      failure.remedy = failure.remedy.map {
        "\($0), or calibrate on rows of your own from Python (docs/python.md)"
      }
      throw failure
    }
  }

  /// The names of what a network of a log reads, as its model has them; `nil` without a model that can be read, of which more is said
  /// when it is the one that is taken.
  private static func inputs(of network: NetworkSignals, in log: FlightLogReader) -> [String]? {
    guard let bytes = log.content.models[network.name] else { return nil }
    do throws(ModelError) { return try ModelFile.read(bytes).inputs.map(\.name) } catch { return nil }
  }

  /// Seconds that ts = 1 stands for in a log, whose network must have the model's inputs.
  private static func timeUnit(
    of log: FlightLogReader, _ network: NetworkSignals?, _ path: String, for model: NetworkModel
  ) throws -> Double {
    // Its ticks have inputs, but each has ts = 0.
    guard let network, let bytes = log.content.models[network.name], !bytes.isEmpty else {
      throw VehicleError(
        "\(path): was flown without a network, so it does not tell the elapsed times that one would see: fly it again with "
          + "--controller classical --model and this model")
    }
    let flown: ModelFile
    do throws(ModelError) {
      flown = try ModelFile.read(bytes)
    } catch {
      throw VehicleError("\(path): the network in the log cannot be read: \(error)")
    }
    guard flown.inputs.count == model.inputs.count else { return flown.timeUnit }
    for (here, there) in zip(model.inputs, flown.inputs)
    where (here.name, here.unit) != (there.name, there.unit) {
      throw VehicleError(
        "\(path): the network in the log reads \(there.name) (\(there.unit)) where the model reads \(here.name) (\(here.unit)): "
          + "fly this network's configuration to get a log for it")
    }
    return flown.timeUnit
  }
}
