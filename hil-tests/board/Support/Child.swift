import Glibc

/// A process under test, with what it prints in a file.
final class Child {
  /// How a process ended.
  enum End: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  let process: pid_t
  /// The file that holds what it printed.
  let output: String
  private var ending: End?

  /// Starts `arguments[0]` with the rest as its arguments; what it prints goes into the file `output`.
  init(_ arguments: [String], output: String) throws(HILError) {
    self.output = output
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var words = arguments.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var process: pid_t = 0
    let result = posix_spawn(&process, arguments[0], &actions, nil, words, environ)
    guard result == 0 else { throw HILError("cannot start \(arguments[0])", result) }
    self.process = process
  }

  deinit { end() }

  /// Ends it, however it is.
  func end() {
    guard poll() == nil else { return }
    kill(process, SIGCONT)
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
    ending = .signal(SIGKILL)
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process, number) }

  /// How it ended; `nil` while it runs.
  func poll() -> End? {
    if let ending { return ending }
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    let number = status & 0x7F
    ending = number == 0 ? .exit(status >> 8 & 0xFF) : .signal(number)
    return ending
  }

  /// What it has printed so far.
  var text: String {
    guard let file = fopen(output, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0, bytes.count < 1 << 20 else { break }
      bytes += buffer[0..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
