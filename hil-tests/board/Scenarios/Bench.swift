import Glibc
import SimulatedHardware

/// What a scenario works with: the board, the program under test, and a folder for what the two leave behind.
final class Bench {
  /// The board on the bridge.
  let server: BoardServer
  /// The program under test.
  let ganglion: String
  /// Folder of the configurations.
  let configurations: String
  /// Folder for logs and printed text.
  let results: String

  init(server: BoardServer, ganglion: String, configurations: String, results: String) {
    (self.server, self.ganglion) = (server, ganglion)
    (self.configurations, self.results) = (configurations, results)
  }

  /// Looks at the board.
  func board<Result>(_ body: (inout FlyingBoard) throws(HILError) -> Result) throws(HILError) -> Result {
    try server.withBoard(body)
  }

  /// Looks at the bridge.
  func bridge<Result>(
    _ body: (inout CP2112Bridge<FlyingBoard>) throws(HILError) -> Result
  ) throws(HILError) -> Result {
    try server.withBridge(body)
  }

  /// Waits until something is true; fails with what it is when that does not come. How long it takes is not judged: the
  /// limit only ends a wait that would not end.
  func wait(for what: String, seconds: Double = 30, _ isTrue: () throws(HILError) -> Bool) throws(HILError) {
    let end = Guest.now() + Int64(seconds * 1e9)
    while try !isTrue() {
      guard Guest.now() < end else { throw HILError("did not come: \(what)") }
      Guest.sleep(milliseconds: 5)
    }
  }

  /// Fails with `what` unless it is true.
  func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) throws(HILError) {
    guard isTrue else { throw HILError(what()) }
  }
}
