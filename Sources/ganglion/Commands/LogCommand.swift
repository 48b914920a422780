import Files
import FlightLog
import Foundation
import VehicleRuntime

/// `ganglion log info | verify | recover | export`: what is in a log, whether it is sound, and what can be saved.
func runLogCommand(_ arguments: [String]) -> ExitStatus {
  let subcommands: [String: (Arguments) throws -> ExitStatus] = [
    "info": logInfo, "verify": logVerify, "recover": logRecover, "export": logExport,
  ]
  return perform(
    "log", help: logUsage, arguments, options: ["output", "topic"], flags: ["json", "csv", "replace"]
  ) { line in
    guard let name = line.positional.first else { throw UsageError("info, verify, recover or export?") }
    guard let subcommand = subcommands[name] else {
      throw UsageError("unknown subcommand '\(name)'; it is info, verify, recover or export")
    }
    guard line.positional.count == 2 else {
      throw UsageError("\(name) takes one LOG, not \(line.positional.count - 1)")
    }
    return try subcommand(line)
  }
}

private let logUsage = """
  ganglion log info LOG                          what the log holds
  ganglion log verify LOG                        check every checksum, the index, and that no tick is missing
  ganglion log recover LOG --output FILE         rewrite what is whole of a cut or damaged log, and say in it what was lost
  ganglion log export --csv LOG [--topic TOPIC] [--output FILE]
                                                 a topic as comma-separated values; /ganglion/tick by default

    --json       the result as one JSON object (export: with --output)
    --replace    replace FILE if it exists; LOG never is

  A run's log may be in several parts, NAME.mcap, NAME.2.mcap and so on: all of these take the one that is named and all that
  follow as one log, and name a part that is missing. recover writes as many: FILE, FILE with .2 before its ending, and so on.

  Example: ganglion log export --csv flight.mcap --topic /attitude --output attitude.csv

  Exit status: 0 the log is sound, 1 it is damaged (verify) or something was lost (recover, export),
  2 wrong use or a file that is no log.
  """

/// The log that a command line names.
func namedLog(_ line: Arguments) throws -> (path: String, outline: MCAPOutline) {
  let path = line.positional[1]
  do throws(LogError) {
    return (path, try MCAPOutline(LogBytes(path: path)))
  } catch {
    throw VehicleError(error, in: path)
  }
}

/// Calls `body` with a part of a run's log and all that follow, one after the other; gives what is missing.
private func forEachPart(_ path: String, _ outline: MCAPOutline, _ body: (String, MCAPOutline) -> Void)
  -> LogError?
{
  var (path, outline) = (path, outline)
  while true {
    body(path, outline)
    switch outline.following() {
    case .nothing: return nil
    case .missing(let error): return error
    case .part(let place, let next): (path, outline) = (place, next)
    }
  }
}

/// Where `--output` says, or standard output.
private func outputSink(_ line: Arguments, input: String) throws(LogError) -> any LogSink {
  guard let path = line.value("output") else { return StandardOutputSink() }
  return try FileLogSink(
    path: path, replacing: line.has("replace"), inputs: LogPart.paths(ofLogAt: input),
    placement: .whole)
}

private let tickTopic = "/ganglion/tick"

/// What the columns of networks' ports are called: by the names of the ports, which the vehicle in the log tells.
private func columnLabels(_ outline: MCAPOutline) -> [String: String] {
  // A log of another version, or of another program, has its columns by numbers.
  guard let content = try? FlightLogContent(outline), let vehicle = try? LoadedVehicle(content) else {
    return [:]
  }
  var labels: [String: String] = [:]
  for block in vehicle.tables.blocks where block.kindName == "network" {
    let ports = vehicle.tables.portNames(of: block)
    for (list, names) in [("input", ports.inputs), ("output", ports.outputs)] {
      let field = "\(block.name)_\(list)"
      for (index, name) in names.enumerated() { labels["\(field)[\(index)]"] = "\(field)[\(name)]" }
    }
  }
  return labels
}

// MARK: - info

private func logInfo(_ line: Arguments) throws -> ExitStatus {
  let (path, outline) = try namedLog(line)
  var listings: [LogListing] = []
  let missing = forEachPart(path, outline) { listings.append(LogListing($0, $1)) }
  if line.has("json") {
    var object = listings[0].json
    if listings.count > 1 || missing != nil { object["parts"] = listings.map(\.json) }
    if let missing { object["missing"] = missing.description }
    Terminal.printResult(Terminal.json(object))
  } else {
    let texts = listings.map(\.text) + [missing.map { "NOT COMPLETE: \($0)" }].compactMap(\.self)
    Terminal.printResult(texts.joined(separator: "\n"))
  }
  return .success
}

/// What `log info` says of a log, without the log itself: a run may have thousands of parts.
struct LogListing {
  let json: [String: Any]
  let text: String

  /// Reads all of a log whose outline is known.
  init(_ path: String, _ outline: MCAPOutline) {
    let content = LogContent(path, outline)
    (json, text) = (content.json, content.text)
  }
}

/// What is in a log.
private struct LogContent {
  private let path: String
  private let outline: MCAPOutline
  private let verification: MCAPVerification
  private let metadata: ArraySlice<(key: String, value: String)>
  /// What a run on a board added at its end; empty for a simulated one.
  private let run: ArraySlice<(key: String, value: String)>
  /// What was lost when the log was rewritten, each time; empty for a log as it was written.
  private let recoveries: ArraySlice<[(key: String, value: String)]>
  /// What was taken from another vehicle's recording; empty for a run.
  private let recording: ArraySlice<(key: String, value: String)>
  private let topics: ArraySlice<(topic: String, schema: String, count: UInt64)>
  private let attachments: ArraySlice<MCAPAttachment>
  private let seconds: Double

  /// The most entries of a kind that are listed: real logs have a dozen.
  static let mostListed = 1000

  init(_ path: String, _ outline: MCAPOutline) {
    let verification = MCAPVerification(outline)
    (self.path, self.outline, self.verification) = (path, outline, verification)
    metadata = (outline.metadata.first { $0.name == "ganglion" }?.entries ?? []).prefix(Self.mostListed)
    run = (outline.metadata.first { $0.name == FlightLogMetadata.runRecordName }?.entries ?? []).prefix(
      Self.mostListed)
    recording = (outline.metadata.first { $0.name == FlightLogMetadata.recordingRecordName }?.entries ?? [])
      .prefix(Self.mostListed)
    recoveries = outline.metadata.filter { $0.name == MCAPRecovery.recordName }.map { $0.entries }.prefix(
      Self.mostListed)
    let channels = verification.registry.channels.values.sorted { ($0.topic, $0.id) < ($1.topic, $1.id) }
    topics = channels.map { channel in
      (
        topic: channel.topic, schema: verification.registry.schemas[channel.schema]?.name ?? "",
        count: verification.messageCounts[channel.id] ?? 0
      )
    }.prefix(Self.mostListed)
    attachments = outline.attachments.prefix(Self.mostListed)
    seconds = verification.times.map { Double($0.upperBound - $0.lowerBound) * 1e-9 } ?? 0
  }

  /// What is damaged, as `verify` says it; that no tick is missing is for `verify` alone.
  private var findings: [String] {
    verification.findings.map(\.description) + capped(verification.moreFindings)
  }

  var json: [String: Any] {
    [
      "file": path, "bytes": outline.bytes.count, "library": outline.library,
      "complete": outline.isComplete, "lost_bytes": verification.lostBytes, "findings": findings,
      "recoveries": recoveries.map { Dictionary($0.map { ($0.key, $0.value) }) { first, _ in first } },
      "duration_s": seconds,
      "messages": verification.messageCount, "chunks": outline.segments.count,
      "profile": outline.profile, "skipped_records": verification.skippedRecords,
      "metadata": Dictionary(metadata.map { ($0.key, $0.value) }) { first, _ in first },
      "run": Dictionary(run.map { ($0.key, $0.value) }) { first, _ in first },
      "recording": Dictionary(recording.map { ($0.key, $0.value) }) { first, _ in first },
      "topics": topics.map {
        ["topic": $0.topic, "schema": $0.schema, "messages": $0.count] as [String: Any]
      },
      "attachments": attachments.map { ["name": $0.name, "bytes": $0.range.count] as [String: Any] },
    ]
  }

  var text: String {
    var text = "\(path): \(outline.bytes.count) bytes, written by \(outline.library)\n"
    if !outline.isComplete {
      text += "NOT COMPLETE: \(verification.lostBytes) bytes are lost\n"
    } else if outline.endedEarly != nil, findings.count == 1 {
      text += "whole as a file, but it ended before its run\n"
    } else if findings.isEmpty {
      text += recoveries.isEmpty ? "complete\n" : "complete as far as it could be recovered\n"
    } else {
      text +=
        "complete, but DAMAGED: \(findings.count) finding(s), \(verification.lostBytes) bytes are lost\n"
    }
    for finding in findings { text += "  \(finding)\n" }
    text += String(
      format: "%.3f s, %llu messages in %d chunks\n", seconds, verification.messageCount,
      outline.segments.count)
    for entry in metadata { text += "  \(entry.key): \(entry.value)\n" }
    // The whole histograms are for machines.
    for entry in run where !entry.key.hasPrefix("histogram") { text += "  \(entry.key): \(entry.value)\n" }
    for entries in recoveries {
      text += "recovered from a log that was not whole\n"
      for entry in entries.prefix(Self.mostListed) { text += "  \(entry.key): \(entry.value)\n" }
    }
    if !recording.isEmpty { text += "from a recording\n" }
    for entry in recording { text += "  \(entry.key): \(entry.value)\n" }
    for attachment in attachments {
      text += "attachment \(attachment.name), \(attachment.range.count) bytes\n"
    }
    // A name of any length must not widen all the others.
    let width = min(topics.map(\.topic.count).max() ?? 0, 80)
    for topic in topics {
      let name = topic.topic + String(repeating: " ", count: max(width - topic.topic.count, 0))
      text += "  \(name)  \(String(format: "%8llu", topic.count))  \(topic.schema)\n"
    }
    if max(outline.attachments.count, verification.registry.channels.count) > Self.mostListed {
      text +=
        "\(outline.attachments.count) attachments and \(verification.registry.channels.count) topics in all\n"
    }
    if verification.skippedRecords > 0 {
      text +=
        "\(verification.skippedRecords) record(s) of other programs, or of a later version of MCAP, were skipped\n"
    }
    return String(text.dropLast())
  }
}

/// What is said of findings beyond those that are listed.
private func capped(_ more: Int) -> [String] {
  more == 0
    ? []
    : ["\(more) more finding(s) of this kind are not listed: only the first \(MCAPVerification.limit) are"]
}

// MARK: - verify

private func logVerify(_ line: Arguments) throws -> ExitStatus {
  let (path, outline) = try namedLog(line)
  var (findings, messages, lostBytes, parts) = ([String](), UInt64(0), 0, 0)
  // What was lost before the log was rewritten; nothing else in it tells.
  var lostBefore: Int?
  let missing = forEachPart(path, outline) { place, outline in
    let verification = MCAPVerification(outline)
    parts += 1
    findings += (verification.findings.map(\.description) + capped(verification.moreFindings)).map {
      parts > 1 ? "\(place): \($0)" : $0
    }
    messages &+= verification.messageCount
    lostBytes += verification.lostBytes
    if let lost = MCAPRecovery.lostBytes(before: outline) { lostBefore = (lostBefore ?? 0) &+ lost }
  }
  if let missing { findings.append(missing.description) }
  var ticks: UInt64 = 0
  // A log of another program has no ticks to check.
  if outline.metadata.contains(where: { $0.name == "ganglion" }) {
    do {
      let continuity = try TickContinuity(FlightLogReader(outline))
      ticks = continuity.tickCount
      findings += continuity.findings.map(\.description) + capped(continuity.moreFindings)
    } catch {
      findings.append("\(error)")
    }
  }
  if line.has("json") {
    Terminal.printResult(
      Terminal.json([
        "file": path, "sound": findings.isEmpty, "findings": findings, "messages": messages, "ticks": ticks,
        "lost_bytes": lostBytes, "lost_before_recovery_bytes": lostBefore ?? 0,
        "recovered": lostBefore != nil,
        "parts": parts,
      ]))
  } else if findings.isEmpty {
    Terminal.printResult(
      "\(path): sound, \(messages) messages, \(ticks) ticks" + (parts > 1 ? " in \(parts) parts" : "")
        + (lostBefore.map { "; recovered from a log that was not whole, of which \($0) bytes were lost" }
          ?? ""))
  } else {
    Terminal.printResult(
      "\(path): \(findings.count) finding(s)\n" + findings.map { "  " + $0 }.joined(separator: "\n"))
  }
  return findings.isEmpty ? .success : .resultSaysNo
}

// MARK: - export

private func logExport(_ line: Arguments) throws -> ExitStatus {
  guard line.has("csv") else { throw UsageError("log export needs --csv, the one format there is") }
  guard line.value("output") != nil || !line.has("json") else {
    throw UsageError("--json needs --output FILE: standard output has the table")
  }
  let (path, outline) = try namedLog(line)
  let topic = line.value("topic") ?? tickTopic
  let export = try CSVExport(
    outline, topic: topic, labels: topic == tickTopic ? columnLabels(outline) : [:],
    to: outputSink(line, input: path))
  for damage in export.damages { Terminal.printWarning("\(damage.error)") }
  if line.has("json") {
    Terminal.printResult(
      Terminal.json([
        "output": line.value("output") ?? NSNull(), "rows": export.rowCount,
        "damages": export.damages.map(\.error.description),
      ]))
  }
  return export.damages.isEmpty ? .success : .resultSaysNo
}

/// Standard output as a sink: to a program byte for byte, to a terminal as any other text from a file. A closed pipe ends
/// the export, not the program's honesty.
private final class StandardOutputSink: LogSink {
  private let isTerminal = isatty(STDOUT_FILENO) == 1

  /// Takes whole lines, as an export writes them.
  func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
    let number =
      isTerminal
      ? StandardStreams.write(Terminal.printable(String(decoding: bytes, as: UTF8.self)), to: STDOUT_FILENO)
      : StandardStreams.write(bytes, to: STDOUT_FILENO)
    guard number == 0 else {
      throw LogError(
        .system(errno: number), "cannot write to standard output: \(String(cString: strerror(number)))",
        remedy: "Use --output FILE.")
    }
  }
  func checkpoint() throws(LogError) {}
  func close() throws(LogError) {}
}
