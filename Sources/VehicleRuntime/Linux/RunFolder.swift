import Files
import VehicleConfiguration

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The folder of a vehicle's sockets while it runs: `/run/ganglion/NAME`.
enum RunFolder {
  /// The folder, which is made where it is not there.
  ///
  /// - Parameter given: Another folder; `nil` takes the service manager's, or `/run/ganglion/NAME`.
  static func make(_ tables: VehicleTables, given: String?) throws(VehicleError) -> String {
    let folder = given ?? serviceFolder ?? "/run/ganglion/\(tables.name)"
    do throws(FileError) {
      try Folder.make(folder)
    } catch {
      throw VehicleError(
        place: folder, "the folder for the vehicle's sockets cannot be made: \(error)",
        remedy: "name another with --run-folder, or let the service manager make it (docs/commands.md)")
    }
    // Programs that read its path have a folder of their own to count from.
    guard !folder.hasPrefix("/"), let whole = realpath(folder, nil) else { return folder }
    defer { free(whole) }
    return String(cString: whole)
  }

  private static var serviceFolder: String? {
    // Several folders stand there with colons between; a unit of Ganglion's has one.
    getenv("RUNTIME_DIRECTORY").flatMap { String(cString: $0).split(separator: ":").first.map(String.init) }
  }
}
