import Files
import LinuxHardware
import VehicleConfiguration

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The sockets at which programs command a vehicle, and beside them a file that says what can be asked for there.
///
/// They lie in a folder of the vehicle's own, `/run/ganglion/NAME`: `command`, and `commands.json`. With several sources of that kind each has
/// `command-SOURCE`.
final class CommandSockets {
  /// The files, in the order of the configuration's sources.
  var paths: [String] { sockets.map(\.path) }
  /// Their descriptors.
  var descriptors: [Int32] { sockets.map(\.descriptor) }
  private let sockets: [CommandSocket]
  private let described: String

  /// Opens the sockets of a vehicle; `nil` when its configuration has no source of that kind.
  ///
  /// - Parameter folder: Where they are made; `nil` takes the service manager's folder, or `/run/ganglion/NAME`.
  init?(_ tables: VehicleTables, folder given: String?) throws {
    let sources = tables.commands.sources.filter { $0.kind == .socket }
    guard !sources.isEmpty else { return nil }
    let folder = try RunFolder.make(tables, given: given)
    described = "\(folder)/commands.json"
    let own = described
    sockets = try sources.map { source in
      try CommandSocket("\(folder)/" + (sources.count == 1 ? "command" : "command-\(source.name)"))
    }
    let text = Self.description(tables.name, zip(sockets.map(\.path), sources).map { ($0, $1) })
    try OutputFile.write(Array(text.utf8), path: own, replacing: true, inputs: [])
  }

  deinit { unlink(described) }

  /// What can be asked for at each socket, as JSON.
  static func description(_ name: String, _ sources: [(path: String, source: CommandSource)]) -> String {
    let entries = sources.map { path, source in
      JSONText.object([
        "source": JSONText.string(source.name), "socket": JSONText.string(path), "digest": "\(source.digest)",
        "stale_after_ms": "\(source.staleAfter / 1_000_000)",
        "numbers": JSONText.list(
          source.signals.map { signal in
            JSONText.object([
              "name": JSONText.string(signal.name), "unit": JSONText.string("\(signal.unit)"),
              "minimum": JSONText.number(signal.lowest), "maximum": JSONText.number(signal.highest),
              "standard": JSONText.number(signal.standard),
            ])
          }), "flags": JSONText.list(source.flags.map(JSONText.string)),
      ])
    }
    return JSONText.object(["vehicle": JSONText.string(name), "sources": JSONText.list(entries)]) + "\n"
  }
}
