import Files

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// How many bytes a vehicle's logs in a folder may take together, and whether the oldest make room for the next.
///
/// Only files whose front names the vehicle count. What is deleted is complete: it ends as a finished log does. One that is
/// being written does not, nor one that a power cut ended, which may be the one that tells why.
public struct LogBudget: Sendable {
  /// Bytes that the logs may take.
  public var bytes: Int
  /// Whether the oldest are deleted to make room.
  public var deletesOldest: Bool

  /// A budget.
  public init(bytes: Int, deletesOldest: Bool) {
    (self.bytes, self.deletesOldest) = (bytes, deletesOldest)
  }

  private struct Entry {
    var path: String
    var size: Int
    /// When it was last written to, in ns; the clock of a board may jump, so that a run's parts go by their numbers.
    var time: Int64
    var part: LogPart
  }

  /// Sees to it that `room` bytes more fit into the folder of `place`.
  ///
  /// Throws `LogError` when they do not, and nothing may or can be deleted.
  func makeRoom(beside place: String, for vehicle: String, room: Int) throws(LogError) {
    let folder = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? "."
    var entries = Self.logs(in: folder.isEmpty ? "/" : folder, of: vehicle)
    var sum = entries.reduce(0) { $0 + $1.size }
    func isFull() -> Bool { sum > bytes - room }
    guard isFull() else { return }
    guard deletesOldest else {
      throw LogError(
        .refused,
        "the logs of \(vehicle) in \(folder) take \(sum) bytes, and log.budget_mb has no room for \(room) more",
        remedy: "Move old logs away, raise log.budget_mb, or set log.delete_oldest to true.")
    }
    // A run is as old as the first of its parts that is left.
    let starts = Dictionary(entries.map { ($0.part.run, $0.part.number) }, uniquingKeysWith: min)
    let ages = Dictionary(
      entries.filter { $0.part.number == starts[$0.part.run] }.map { ($0.part.run, $0.time) },
      uniquingKeysWith: min)
    entries.sort { a, b in
      (ages[a.part.run] ?? a.time, a.part.run, a.part.number, a.time, a.path)
        < (ages[b.part.run] ?? b.time, b.part.run, b.part.number, b.time, b.path)
    }
    for entry in entries where isFull() && Self.isComplete(entry.path) {
      guard unlink(entry.path) == 0 else { continue }
      sum -= entry.size
    }
    guard !isFull() else {
      throw LogError(
        .refused, "the logs of \(vehicle) in \(folder) take \(sum) bytes, and none of them can be deleted",
        remedy: "Logs that were cut off are kept: move them away, or raise log.budget_mb.")
    }
  }

  /// The logs of `vehicle` in a folder.
  private static func logs(in folder: String, of vehicle: String) -> [Entry] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasSuffix(".mcap") else { continue }
      let path = "\(folder)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        let part = LogPart.front(ofLogAt: path), part.vehicle == vehicle
      else { continue }
      entries.append(
        Entry(
          path: path, size: Int(status.st_size),
          time: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec), part: part))
    }
    return entries
  }

  /// Whether the file ends as a finished log does.
  private static func isComplete(_ path: String) -> Bool {
    let magic = MCAPFormat.magic
    do throws(FileError) {
      let file = try InputFile(path: path)
      guard file.count > 2 * magic.count else { return false }
      return try file.bytes(from: file.count - magic.count, count: magic.count) == magic
    } catch {
      return false
    }
  }
}
