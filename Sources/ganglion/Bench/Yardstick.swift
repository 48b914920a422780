import BenchmarkNetworks
import Foundation

/// The plain C program that the core is measured beside: compiled, started, and obeying over pipes.
///
/// A process of its own: `-ffast-math` sets the floating-point unit of the process that it is loaded into to flush
/// small numbers to zero, which would change the results of ours.
final class Yardstick {
  /// How the program computes a step; see its source.
  enum Form: String, CaseIterable {
    /// Neuron by neuron, each activation a call: what the goals refer to.
    case plain
    /// Activations in loops of their own, which a compiler may vectorise.
    case split
  }

  /// The command that compiles it for a processor, as gcc names them; "native" is the one that it runs on.
  static func command(march: String) -> String { "gcc -O3 -march=\(march) -ffast-math" }

  private let process = Process()
  private let orders = Pipe()
  private let answers = Pipe()
  private let folder: URL
  private var pending: [UInt8] = []

  /// Compiles `source` and starts it with the networks, numbered in their order, and the input.
  ///
  /// - Throws: `CommandFailure` when gcc fails, or for a network that the yardstick does not compute.
  init(source: String, march: String, networks: [BenchmarkNetwork], input: BenchmarkInput) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ganglion-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      let program = folder.appending(path: "yardstick")
      try Self.compile(source, Self.command(march: march), to: program.path)
      let rows = folder.appending(path: "inputs.f32")
      try input.rows.withUnsafeBytes { Data($0) }.write(to: rows)
      var arguments = [rows.path]
      for network in networks {
        let file = folder.appending(path: "\(network.rawValue).network")
        try Data(try network.model.yardstickFile()).write(to: file)
        arguments.append(file.path)
      }
      process.executableURL = program
      process.arguments = arguments
      process.standardInput = orders
      process.standardOutput = answers
      // A program that ends early is reported by the missing answer, not by a signal.
      signal(SIGPIPE, SIG_IGN)
      try process.run()
    } catch {
      removeFolder()
      throw error
    }
  }

  deinit { stop() }

  /// Ends the program and removes its files.
  func stop() {
    do { try orders.fileHandleForWriting.close() } catch {
      // It is closed already.
    }
    if process.isRunning { process.waitUntilExit() }
    removeFolder()
  }

  /// Nanoseconds of `steps` steps, after a few untimed ones.
  func run(_ form: Form, network: Int, steps: Int) throws(CommandFailure) -> Int {
    try order("run \(form.rawValue) \(network) \(steps)")
    let line = try answer()
    guard let nanoseconds = Int(line) else { throw Self.failure("answered '\(line)'") }
    return nanoseconds
  }

  /// The outputs of the first steps from rest, one row after the other.
  func outputs(_ form: Form, network: Int, steps: Int) throws(CommandFailure) -> [Double] {
    try order("outputs \(form.rawValue) \(network) \(steps)")
    var values: [Double] = []
    for _ in 0..<steps {
      let line = try answer()
      let row = line.split(separator: " ").compactMap { Double($0) }
      guard row.count == BenchmarkNetwork.outputs else { throw Self.failure("answered '\(line)'") }
      values += row
    }
    return values
  }

  /// The source in `scripts/bench` of the tree that this program was built in, or of the current folder's.
  static func findSource() -> String? {
    let name = "scripts/bench/yardstick.c"
    let program = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
    for start in [program, URL(filePath: FileManager.default.currentDirectoryPath)] {
      var place = start
      for _ in 0..<16 where place.path != "/" {
        let candidate = place.appending(path: name).path
        if FileManager.default.fileExists(atPath: candidate) { return candidate }
        place.deleteLastPathComponent()
      }
    }
    return nil
  }

  /// Whether there is a gcc on the path.
  static var compilerIsInstalled: Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/gcc")
    }
  }

  private static func compile(_ source: String, _ command: String, to program: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = words + [source, "-o", program, "-lm"]
    let complaints = Pipe()
    compiler.standardError = complaints
    try compiler.run()
    let text = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else {
      throw CommandFailure("\(command) \(source) failed: \(text)")
    }
  }

  private func order(_ line: String) throws(CommandFailure) {
    do {
      try orders.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw Self.failure("takes no orders: \(describe(error))")
    }
  }

  private func answer() throws(CommandFailure) -> String {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeSubrange(...end)
        return line
      }
      let data = answers.fileHandleForReading.availableData
      guard !data.isEmpty else { throw Self.failure("has ended") }
      pending.append(contentsOf: data)
    }
  }

  private func removeFolder() {
    do { try FileManager.default.removeItem(at: folder) } catch {
      // It lies in the temporary folder, which the system clears.
    }
  }

  private static func failure(_ what: String) -> CommandFailure {
    CommandFailure("the yardstick \(what)")
  }
}
