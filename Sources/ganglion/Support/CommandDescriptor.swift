import Synchronization

/// What a command takes, as its parser knows it: what completions and manual pages are made of.
struct CommandDescriptor: Sendable {
  /// Its name, with its subject: `bench loop`.
  var name: String
  /// What `--help` says.
  var help: String
  /// Options with a value, and flags, without dashes.
  var options, flags: [String]
}

/// Has `perform` say what a command takes, in place of performing it.
final class DescriptorCollector: Sendable {
  /// The collector of this call; `nil` while commands are performed.
  @TaskLocal static var current: DescriptorCollector?

  private let found = Mutex<CommandDescriptor?>(nil)

  /// What the command said.
  var descriptor: CommandDescriptor? {
    get { found.withLock { $0 } }
    set { found.withLock { $0 = newValue } }
  }
}

extension Commands {
  /// What each command takes, those with subjects subject by subject.
  static var descriptors: [CommandDescriptor] {
    all.flatMap { command in
      ([[]] + command.subjects.map { [$0] }).compactMap { subject in
        let collector = DescriptorCollector()
        _ = DescriptorCollector.$current.withValue(collector) { command.run(subject) }
        return collector.descriptor
      }
    }
  }
}
