import Synchronization

/// What one command has to say beside its result: for people as it happens, for machines as the field `notes` of the
/// result.
final class CommandSession: Sendable {
  /// The session of the command that runs; outside of any, notes are only shown.
  @TaskLocal static var current: CommandSession?

  /// Whether the result is asked for as JSON.
  let isJSON: Bool
  private let said = Mutex<[String]>([])

  /// Most notes that are kept: a device that comes and goes for days must not fill the memory.
  static let mostNotes = 1000

  init(isJSON: Bool) { self.isJSON = isJSON }

  /// Keeps a note for the result.
  func add(_ note: String) {
    said.withLock { if $0.count < Self.mostNotes { $0.append(note) } }
  }

  /// What was noted so far, in order.
  var notes: [String] { said.withLock { $0 } }
}
