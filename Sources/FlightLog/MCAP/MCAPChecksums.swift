extension MCAPOutline {
  /// What is wrong with everything that is not inside a chunk, by the checksums that cover it; empty when they fit.
  ///
  /// A finished file has one over all its data and one over its summary; a cut one, of Ganglion, has guards.
  var checksumFindings: [LogError] {
    var findings: [LogError] = []
    for attachment in attachments
    where attachment.crc != 0 && bytes.crc32(of: attachment.covered) != attachment.crc {
      findings.append(
        LogError(
          .checksum, at: attachment.covered.lowerBound, "the checksum of an attachment does not fit",
          remedy: "Use another copy of the log: what it holds of its configuration or model is damaged."))
    }
    let isDataSound = dataEnd.map { $0.crc != 0 && bytes.crc32(of: 0..<$0.offset) == $0.crc } ?? false
    if let dataEnd, dataEnd.crc != 0, !isDataSound {
      findings.append(
        LogError(
          .checksum, at: dataEnd.offset, "the checksum of the data section does not fit",
          remedy: LogError.recoverRemedy))
    }
    if !isDataSound {
      // The first hundred say enough; a file may have any number, each over all of it.
      let unfit = guards.indices.lazy.compactMap { index in
        guards[index].finding(in: bytes, after: index > 0 ? guards[index - 1] : nil)
      }.prefix(MCAPVerification.limit)
      findings += unfit
      if findings.count >= MCAPVerification.limit {
        findings.append(
          LogError(
            .checksum,
            "no more checksums were looked at behind the first \(MCAPVerification.limit) that do not fit",
            remedy: LogError.recoverRemedy))
      }
      if dataEnd == nil, !guards.isEmpty, let unguarded {
        findings.append(
          LogError(
            .truncated, at: unguarded.offset,
            "no checksum covers \(unguarded.count) record(s) in front of where the log was cut off",
            remedy: "Believe what they say only if another copy says the same."))
      }
    }
    if let footer, footer.crc != 0 {
      // The checksum ends just in front of itself: 9 bytes of header and two offsets into the footer.
      let start = Int(clamping: footer.summaryStart == 0 ? UInt64(footer.offset) : footer.summaryStart)
      let end = footer.offset + MCAPFormat.recordHeader + 16
      if start > end || bytes.crc32(of: start..<end) != footer.crc {
        findings.append(
          LogError(
            .checksum, at: footer.offset, "the checksum of the index does not fit",
            remedy: LogError.recoverRemedy))
      }
    }
    return findings
  }
}
