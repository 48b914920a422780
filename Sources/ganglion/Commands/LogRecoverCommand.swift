import Files
import FlightLog

/// `ganglion log recover`: rewrites what is whole of a log, part by part.
func logRecover(_ line: Arguments) throws -> ExitStatus {
  guard let output = line.value("output") else { throw UsageError("log recover needs --output FILE") }
  let (path, outline) = try namedLog(line)
  let recovery = try PartedRecovery(path, outline, to: output, replacing: line.has("replace"))
  Terminal.printResult(line.has("json") ? Terminal.json(recovery.json(of: path)) : recovery.text)
  return recovery.losses.isEmpty ? .success : .resultSaysNo
}

/// Rewrites a log and the parts of its run behind it, each into a file of its own.
struct PartedRecovery {
  /// The files that were written.
  private(set) var outputs: [String] = []
  private(set) var messageCount: UInt64 = 0
  private(set) var lostBytes = 0
  /// What could not be saved, in words.
  private(set) var losses: [String] = []

  /// - Parameters:
  ///   - path: The log's place, whose outline is known.
  ///   - output: Where the first file goes; those of later parts stand beside it.
  ///   - replacing: Whether files that are there may be replaced; those of the log never are.
  init(_ path: String, _ outline: MCAPOutline, to output: String, replacing: Bool) throws {
    let inputs = LogPart.paths(ofLogAt: path)
    let first = outline.part?.number ?? 1
    func place(_ index: Int) -> String {
      index == 0 ? output : LogPart.path(ofPart: first + index, beside: output, whichIs: first)
    }
    // Before the first is written: a later one must not be in the way.
    for index in inputs.indices {
      try OutputFile.check(path: place(index), replacing: replacing, inputs: inputs)
    }
    var (path, outline) = (path, outline)
    while true {
      let following = outline.following()
      var nextPart: Int?
      if case .part(_, let next) = following, outline.part?.isFollowed == false {
        nextPart = next.part?.number
      }
      let place = place(outputs.count)
      let sink = try FileLogSink(path: place, replacing: replacing, inputs: inputs, placement: .whole)
      let recovery = try MCAPRecovery(outline, to: sink, nextPart: nextPart)
      // Of a log in one file everybody knows which file is meant.
      let name = outputs.isEmpty && inputs.count == 1 ? "" : "\(path): "
      outputs.append(place)
      messageCount &+= recovery.messageCount
      lostBytes += recovery.lostBytes
      losses += recovery.damages.map { name + $0.error.description }
      switch following {
      case .nothing: return
      case .missing(let error):
        losses.append(error.description)
        return
      case .part(let next, let content): (path, outline) = (next, content)
      }
    }
  }

  var text: String {
    let others = outputs.count - 1
    var text = outputs.first ?? ""
    if others > 0 { text += " and \(others == 1 ? "the part" : "the \(others) parts") behind it" }
    text += ": \(messageCount) messages saved, \(lostBytes) bytes lost"
    for loss in losses { text += "\n  \(loss)" }
    return text
  }

  func json(of path: String) -> [String: Any] {
    [
      "file": path, "output": outputs.first ?? "", "outputs": outputs, "messages": messageCount,
      "lost_bytes": lostBytes, "damages": losses,
    ]
  }
}
