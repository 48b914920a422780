import FlightLog
import Foundation

/// Opens a log to be written. A log that is there already is replaced; any other file is left alone and refused, so
/// that a slip on the command line costs no configuration, model or recording.
func openLog(_ path: String) throws -> FileLogSink {
  try FileLogSink(path: path, replacing: try isReplaceable(path))
}

/// Whether there is a log at `path`, or nothing that could be lost.
private func isReplaceable(_ path: String) throws -> Bool {
  guard FileManager.default.fileExists(atPath: path) else { return true }
  let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
  let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
  guard attributes[.type] as? FileAttributeType == .typeRegular else { return true }
  let file = try FileHandle(forReadingFrom: url)
  defer { file.closeFile() }
  let beginning = try file.read(upToCount: MCAPFormat.magic.count) ?? Data()
  return beginning.isEmpty || beginning.elementsEqual(MCAPFormat.magic)
}

/// Makes the folder that logs go to, when it is not there.
func makeLogFolder(_ path: String, remedy: String) throws(CommandFailure) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw CommandFailure("cannot make the folder for logs: \(describe(error)); \(remedy)")
  }
}
