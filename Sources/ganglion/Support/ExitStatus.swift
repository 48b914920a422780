/// How a command ended, as the shell sees it.
enum ExitStatus: Int32, Sendable {
  /// All is well.
  case success = 0
  /// The result says no: a run that did not hold or that crashed, a replay that differs, a configuration that is wrong.
  case resultSaysNo = 1
  /// Wrong use, or input or output that cannot be read or written.
  case wrongUse = 2
  /// Ended early by SIGHUP, SIGINT (Ctrl-C) or SIGTERM, in order: 128 and the signal's number, as shells count.
  case hungUp = 129
  case interrupted = 130
  case terminated = 143
}
