import Files

/// What a log says of itself as one part of a run: a run's log goes on in another file when it grows too large.
///
/// Each part has all that is needed to read it alone: metadata, configuration, model, schemas and channels.
public struct LogPart: Equatable, Sendable {
  /// Name of the metadata record at the front, and of the one at the end of a part that another follows.
  static let recordName = "ganglion part"
  static let nextRecordName = "ganglion next part"
  /// The record at the end of a log that ended before its run, with the cause.
  static let endedEarlyName = "ganglion ended early"

  /// The run's name: the same in all of its parts and, on a board, in those of no other run.
  public var run: String
  /// Number of the part, from 1.
  public var number: Int
  /// Number of its first tick.
  public var firstTick: UInt64
  /// The vehicle's name in its configuration.
  public var vehicle: String
  /// No run has more parts.
  private static let mostParts = Int(Int32.max) - 1
  /// Whether it says that another part follows.
  public internal(set) var isFollowed = false

  var entries: [(key: String, value: String)] {
    [("run", run), ("part", String(number)), ("first_tick", String(firstTick)), ("vehicle", vehicle)]
  }

  init(run: String, number: Int, firstTick: UInt64, vehicle: String) {
    (self.run, self.number, self.firstTick, self.vehicle) = (run, number, firstTick, vehicle)
  }

  /// A part from its record's entries; `nil` when they are not what they should be.
  init?(entries: [(key: String, value: String)]) {
    func value(_ key: String) -> String? { entries.first { $0.key == key }?.value }
    guard let run = value("run"), !run.isEmpty, let number = value("part").flatMap({ Int($0) }),
      (1...Self.mostParts).contains(number),
      let tick = value("first_tick").flatMap({ UInt64($0) }), let vehicle = value("vehicle")
    else { return nil }
    self.init(run: run, number: number, firstTick: tick, vehicle: vehicle)
  }

  /// Where part `number` of the run is whose part `known` is at `path`: beside it, with the number before the ending, the
  /// first without one.
  public static func path(ofPart number: Int, beside path: String, whichIs known: Int) -> String {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? ""
    var name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    var ending = ""
    if name.hasSuffix(".mcap"), name.count > 5 {
      ending = ".mcap"
      name.removeLast(5)
    }
    if known > 1, name.hasSuffix(".\(known)") { name.removeLast(known.description.count + 1) }
    return folder + name + (number > 1 ? ".\(number)" : "") + ending
  }

  /// The files that are read as one log when `path` is named: it, and the parts of its run behind it that are there.
  public static func paths(ofLogAt path: String) -> [String] {
    guard let first = front(ofLogAt: path) else { return [path] }
    var paths = [path]
    while first.number <= mostParts - paths.count {
      let number = first.number + paths.count
      let next = self.path(ofPart: number, beside: path, whichIs: first.number)
      guard let found = front(ofLogAt: next), found.run == first.run, found.number == number else { break }
      paths.append(next)
    }
    return paths
  }

  /// What the log at `path` says at its front, up to its first message; `nil` when it is no part of a run, or cannot be read.
  static func front(ofLogAt path: String) -> LogPart? {
    let bytes: LogBytes
    do throws(LogError) {
      bytes = try LogBytes(path: path, largestWhole: 0, blockSize: 1 << 14)
    } catch {
      return nil
    }
    guard bytes.copy(0..<MCAPFormat.magic.count) == MCAPFormat.magic else { return nil }
    var cursor = ByteCursor(bytes, MCAPFormat.magic.count..<bytes.count)
    while let opcode = cursor.integer(UInt8.self), let length = cursor.integer(UInt64.self),
      let content = cursor.range(count: length), opcode != MCAPOpcode.chunk.rawValue,
      opcode != MCAPOpcode.message.rawValue
    {
      guard opcode == MCAPOpcode.metadata.rawValue else { continue }
      var record = ByteCursor(bytes, content)
      if let entry = record.metadata(), entry.name == recordName { return LogPart(entries: entry.entries) }
    }
    return nil
  }
}

extension MCAPOutline {
  /// What the log says of itself as a part of a run; `nil` for the log of another program.
  public var part: LogPart? {
    guard let front = metadata.first(where: { $0.name == LogPart.recordName }),
      var part = LogPart(entries: front.entries)
    else { return nil }
    part.isFollowed = metadata.contains { $0.name == LogPart.nextRecordName }
    return part
  }

  /// What comes behind this part of a run.
  public enum Following: Sendable {
    /// Nothing: the run ended here.
    case nothing
    /// The next part.
    case part(path: String, MCAPOutline)
    /// A part that should be there, and is not.
    case missing(LogError)
  }

  /// The part of the run behind this one, when it is in the same folder.
  public func following() -> Following {
    guard let part, let path = bytes.path else { return .nothing }
    let next = LogPart.path(ofPart: part.number + 1, beside: path, whichIs: part.number)
    // A cut part cannot say whether another follows: it is asked for.
    guard part.isFollowed || !isComplete && FileIdentity(path: next) != nil else { return .nothing }
    func missing(_ what: String) -> Following {
      .missing(
        LogError(
          .missing, "part \(part.number + 1) of run \(part.run) is missing: \(what)",
          remedy: "Put the parts of a run into one folder, under the names they were written with."))
    }
    do throws(LogError) {
      let outline = try MCAPOutline(LogBytes(path: next))
      guard let found = outline.part, found.run == part.run, found.number == part.number + 1 else {
        return part.isFollowed ? missing("\(next) is a log of another run") : .nothing
      }
      return .part(path: next, outline)
    } catch {
      return part.isFollowed ? missing("\(error.what)") : .nothing
    }
  }
}

extension MCAPOutline {
  /// Why the log ended before its run; `nil` for one that did not, or that does not know.
  public var endedEarly: String? {
    metadata.first { $0.name == LogPart.endedEarlyName }?.entries.first { $0.key == "cause" }?.value
  }
}
