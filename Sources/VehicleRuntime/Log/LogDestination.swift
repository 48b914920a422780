import Files
import FlightLog
import VehicleConfiguration

/// What a command line says of a log's file beside its path.
public struct LogOptions: Sendable {
  /// Whether a file that is there may be replaced: `--replace`.
  public var replacing = false
  /// Files that the command reads, and never replaces.
  public var inputs: [String] = []
  /// When the file stands under its name.
  public var placement = OutputFile.Placement.growing

  /// Options from their parts.
  public init(
    replacing: Bool = false, inputs: [String] = [], placement: OutputFile.Placement = .growing
  ) {
    (self.replacing, self.inputs, self.placement) = (replacing, inputs, placement)
  }
}

extension LogFiles {
  /// The log of a vehicle at `path`, in parts as its configuration says.
  convenience init(path: String, _ configuration: VehicleTables, _ options: LogOptions) {
    let log = configuration.log
    self.init(
      path: path, vehicle: configuration.name, largestPart: log.partMegabytes * 1_000_000,
      longestPart: UInt64(log.partMinutes) * 60_000_000_000,
      budget: log.budgetMegabytes.map { LogBudget(bytes: $0 * 1_000_000, deletesOldest: log.deletesOldest) },
      replacing: options.replacing, inputs: options.inputs, placement: options.placement)
  }
}

extension LogOptions {
  /// Options of a log under the name that Ganglion gives to a simulated flight: the log of an earlier flight there is
  /// replaced by that of the same seed; any other file is left alone and refused.
  public static func standard(_ path: String, inputs: [String]) throws(FileError) -> LogOptions {
    guard FileIdentity(path: path) != nil else { return LogOptions(inputs: inputs) }
    let kind = try FileKind(InputFile(path: path)).name
    return LogOptions(replacing: kind == .mcap || kind == .empty, inputs: inputs)
  }
}

/// Whether the first part of a run's log at `path` has made room for later ones, as `log.delete_oldest` allows.
package func hasMadeRoom(_ path: String) -> Bool { FileIdentity(path: path) == nil }

/// What a report says behind the path of a log whose first part has.
package let madeRoomText = " (no longer there; with log.delete_oldest its later parts stand beside it)"

/// Makes the folder that logs go to, when it is not there.
func makeLogFolder(_ path: String, remedy: String) throws(VehicleError) {
  do throws(FileError) {
    try Folder.make(path)
  } catch {
    throw VehicleError(place: error.path, error.what, remedy: remedy)
  }
}
