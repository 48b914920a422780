import Foundation
import LinuxHardware

/// A folder that looks like the root of a machine, gone with the test.
package final class MachineFiles {
  package let folder: URL

  package init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ganglion-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(at: folder) } catch { print("left behind: \(folder.path)") }
  }

  package var files: SystemFiles { SystemFiles(root: folder.path) }

  /// Writes a file, with its folders.
  package func put(_ path: String, _ bytes: [UInt8]) throws {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  package func put(_ path: String, _ text: String) throws { try put(path, Array((text + "\n").utf8)) }

  /// Makes a symbolic link.
  package func link(_ path: String, to target: String) throws {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: target)
  }

  /// What a file holds now, up to the first line's end.
  package func line(_ path: String) -> String? {
    files.text(path).map { String($0.prefix { $0 != "\n" }) }
  }
}

/// What `body` throws as a `LinuxError`; `nil` when it does not.
package func linuxError(_ body: () throws(LinuxError) -> Void) -> LinuxError? {
  do throws(LinuxError) {
    try body()
    return nil
  } catch {
    return error
  }
}
