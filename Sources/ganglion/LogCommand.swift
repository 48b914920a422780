import FlightLog
import Foundation

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
  ganglion log recover LOG --output FILE         rewrite what is whole of a cut or damaged log
  ganglion log export --csv LOG [--topic TOPIC] [--output FILE]
                                                 a topic as comma-separated values; /ganglion/tick by default

    --json       the result as one JSON object (export: with --output)
    --replace    overwrite FILE if it exists

  Example: ganglion log export --csv flight.mcap --topic /attitude --output attitude.csv

  Exit status: 0 the log is sound, 1 it is damaged (verify) or something was lost (recover, export),
  2 wrong use or a file that is no log.
  """

private func outline(_ line: Arguments) throws -> (path: String, outline: MCAPOutline) {
  let path = line.positional[1]
  do throws(LogError) {
    return (path, try MCAPOutline(LogBytes(path: path)))
  } catch {
    throw CommandFailure(error, in: path)
  }
}

/// Where `--output` says, or standard output.
private func outputSink(_ line: Arguments) throws(LogError) -> any LogSink {
  guard let path = line.value("output") else { return StandardOutputSink() }
  return try FileLogSink(path: path, replacing: line.has("replace"))
}

// MARK: - info

private func logInfo(_ line: Arguments) throws -> ExitStatus {
  let (path, outline) = try outline(line)
  let listing = LogListing(path, outline)
  Terminal.printResult(line.has("json") ? Terminal.json(listing.json) : listing.text)
  return .success
}

/// What `log info` says of a log.
struct LogListing {
  private let path: String
  private let outline: MCAPOutline
  private let verification: MCAPVerification
  private let metadata: ArraySlice<(key: String, value: String)>
  /// What a run on a board added at its end; empty for a simulated one.
  private let run: ArraySlice<(key: String, value: String)>
  private let topics: ArraySlice<(topic: String, schema: String, count: UInt64)>
  private let attachments: ArraySlice<MCAPAttachment>
  private let seconds: Double

  /// The most entries of a kind that are listed: real logs have a dozen.
  static let mostListed = 1000

  /// Reads all of a log whose outline is known.
  init(_ path: String, _ outline: MCAPOutline) {
    let verification = MCAPVerification(outline)
    (self.path, self.outline, self.verification) = (path, outline, verification)
    metadata = (outline.metadata.first { $0.name == "ganglion" }?.entries ?? []).prefix(Self.mostListed)
    run = (outline.metadata.first { $0.name == FlightLogMetadata.runRecordName }?.entries ?? []).prefix(
      Self.mostListed)
    topics = outline.channels.values.map { channel in
      (
        topic: channel.topic, schema: outline.schemas[channel.schema]?.name ?? "",
        count: verification.messageCounts[channel.id] ?? 0
      )
    }.sorted { $0.topic < $1.topic }.prefix(Self.mostListed)
    attachments = outline.attachments.prefix(Self.mostListed)
    seconds = verification.times.map { Double($0.upperBound - $0.lowerBound) * 1e-9 } ?? 0
  }

  var json: [String: Any] {
    [
      "file": path, "bytes": outline.bytes.count, "library": outline.library,
      "complete": outline.isComplete, "lost_bytes": outline.lostBytes, "duration_s": seconds,
      "messages": verification.messageCount, "chunks": outline.segments.count,
      "metadata": Dictionary(metadata.map { ($0.key, $0.value) }) { first, _ in first },
      "run": Dictionary(run.map { ($0.key, $0.value) }) { first, _ in first },
      "topics": topics.map {
        ["topic": $0.topic, "schema": $0.schema, "messages": $0.count] as [String: Any]
      },
      "attachments": attachments.map { ["name": $0.name, "bytes": $0.range.count] as [String: Any] },
    ]
  }

  var text: String {
    var text = "\(path): \(outline.bytes.count) bytes, written by \(outline.library)\n"
    text += outline.isComplete ? "complete\n" : "NOT COMPLETE: \(outline.lostBytes) bytes are lost\n"
    for damage in outline.damages { text += "  \(damage.error)\n" }
    text += String(
      format: "%.3f s, %llu messages in %d chunks\n", seconds, verification.messageCount,
      outline.segments.count)
    for entry in metadata { text += "  \(entry.key): \(entry.value)\n" }
    // The whole histograms are for machines.
    for entry in run where !entry.key.hasPrefix("histogram") { text += "  \(entry.key): \(entry.value)\n" }
    for attachment in attachments {
      text += "attachment \(attachment.name), \(attachment.range.count) bytes\n"
    }
    // A name of any length must not widen all the others.
    let width = min(topics.map(\.topic.count).max() ?? 0, 80)
    for topic in topics {
      let name = topic.topic + String(repeating: " ", count: max(width - topic.topic.count, 0))
      text += "  \(name)  \(String(format: "%8llu", topic.count))  \(topic.schema)\n"
    }
    if max(outline.attachments.count, outline.channels.count) > Self.mostListed {
      text += "\(outline.attachments.count) attachments and \(outline.channels.count) topics in all\n"
    }
    return String(text.dropLast())
  }
}

// MARK: - verify

private func logVerify(_ line: Arguments) throws -> ExitStatus {
  let (path, outline) = try outline(line)
  let verification = MCAPVerification(outline)
  var findings = verification.findings.map(\.description)
  var ticks: UInt64 = 0
  // A log of another program has no ticks to check.
  if outline.metadata.contains(where: { $0.name == "ganglion" }) {
    do {
      let continuity = try TickContinuity(FlightLogReader(outline))
      ticks = continuity.tickCount
      findings += continuity.findings.map(\.description)
    } catch {
      findings.append("\(error)")
    }
  }
  if line.has("json") {
    Terminal.printResult(
      Terminal.json([
        "file": path, "sound": findings.isEmpty, "findings": findings, "messages": verification.messageCount,
        "ticks": ticks, "lost_bytes": outline.lostBytes,
      ]))
  } else if findings.isEmpty {
    Terminal.printResult("\(path): sound, \(verification.messageCount) messages, \(ticks) ticks")
  } else {
    Terminal.printResult(
      "\(path): \(findings.count) finding(s)\n" + findings.map { "  " + $0 }.joined(separator: "\n"))
  }
  return findings.isEmpty ? .success : .resultSaysNo
}

// MARK: - recover

private func logRecover(_ line: Arguments) throws -> ExitStatus {
  guard let output = line.value("output") else { throw UsageError("log recover needs --output FILE") }
  let (path, outline) = try outline(line)
  guard URL(fileURLWithPath: output).standardizedFileURL != URL(fileURLWithPath: path).standardizedFileURL
  else {
    throw CommandFailure("--output names the log itself; the damaged log is evidence, write to another file")
  }
  let recovery = try MCAPRecovery(outline, to: FileLogSink(path: output, replacing: line.has("replace")))
  if line.has("json") {
    Terminal.printResult(
      Terminal.json([
        "file": path, "output": output, "messages": recovery.messageCount, "lost_bytes": recovery.lostBytes,
        "damages": recovery.damages.map(\.error.description),
      ]))
  } else {
    var text = "\(output): \(recovery.messageCount) messages saved, \(recovery.lostBytes) bytes lost"
    for damage in recovery.damages { text += "\n  \(damage.error)" }
    Terminal.printResult(text)
  }
  return recovery.damages.isEmpty ? .success : .resultSaysNo
}

// MARK: - export

private func logExport(_ line: Arguments) throws -> ExitStatus {
  guard line.has("csv") else { throw UsageError("log export needs --csv, the one format there is") }
  guard line.value("output") != nil || !line.has("json") else {
    throw UsageError("--json needs --output FILE: standard output has the table")
  }
  let (_, outline) = try outline(line)
  let export = try CSVExport(outline, topic: line.value("topic") ?? "/ganglion/tick", to: outputSink(line))
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
