import FlightLog
import VehicleRuntime

/// A log: outlined, verified, its ticks read, exported, recovered, and what was recovered verified again.
///
/// The first byte says whether checksums are put right first.
@Sendable func fuzzLog(_ input: UnsafeRawBufferPointer) {
  guard let first = input.first else { return }
  var bytes = Array(input.dropFirst())
  if first & 1 != 0 { repairChecksums(&bytes) }
  do {
    let outline = try MCAPOutline(LogBytes(bytes))
    _ = MCAPVerification(outline)
    for channel in outline.channels.values.prefix(4) {
      _ = try? CSVExport(outline, topic: channel.topic, to: MemoryLogSink())
    }
    let saved = MemoryLogSink()
    let recovery = try MCAPRecovery(outline, to: saved)
    let again = MCAPVerification(try MCAPOutline(LogBytes(saved.bytes)))
    require(again.findings.isEmpty, "what was recovered is not sound: \(again.findings)")
    require(
      again.messageCount == recovery.messageCount,
      "\(recovery.messageCount) messages were recovered, \(again.messageCount) are there")
    readTicks(outline)
  } catch {
    _ = "\(error)"
  }
}

private func readTicks(_ outline: MCAPOutline) {
  guard let reader = try? FlightLogReader(outline) else { return }
  var cursor = reader.ticks()
  for _ in 0..<10_000 {
    guard let event = try? cursor.next() else { return }
    if case .end = event { return }
  }
}

/// A recording of ROS 2. The first byte says whether checksums are put right first.
@Sendable func fuzzROS2(_ input: UnsafeRawBufferPointer) {
  guard let first = input.first else { return }
  var bytes = Array(input.dropFirst())
  if first & 1 != 0 { repairChecksums(&bytes) }
  bytes.withUnsafeBytes(fuzzRecording)
}

/// A recording of another autopilot, of any format that is read.
@Sendable func fuzzRecording(_ input: UnsafeRawBufferPointer) {
  do {
    let recording = try RecordingReader.read(bytes: LogBytes(Array(input)))
    for (sample, next) in zip(recording.inertial, recording.inertial.dropFirst()) {
      require(next.time > sample.time, "the time of inertial samples goes back")
    }
    for topic in recording.account.topics {
      let counted = topic.used + topic.leftOut.map(\.count).reduce(0, +)
      require(
        !topic.isChosen || counted == topic.rows,
        "\(topic.name): \(topic.rows) rows, accounted for \(counted)")
    }
  } catch {
    _ = "\(error)"
  }
}
