import Foundation

/// A Python with the packages of Tests/python/requirements.txt: from GANGLION_PYTHON, or where scripts/test
/// makes one.
enum Python {
  /// Where it is; `nil` without one.
  static let path: String? = {
    let candidates: [String?] = [
      ProcessInfo.processInfo.environment["GANGLION_PYTHON"],
      root.appendingPathComponent(".build/python/bin/python").path,
    ]
    for case let path? in candidates where FileManager.default.isExecutableFile(atPath: path) {
      let packages = "import mcap, mcap_ros2, pymavlink, rosbags"
      if let result = try? run(path, ["-c", packages]), result.status == 0 { return path }
    }
    return nil
  }()

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Runs a script of Tests/python; `nil` without a Python.
  static func script(_ name: String, _ arguments: [String]) throws -> (status: Int32, output: Data)? {
    guard let path else { return nil }
    return try run(path, [root.appendingPathComponent("Tests/python/\(name)").path] + arguments)
  }

  private static func run(_ executable: String, _ arguments: [String]) throws -> (status: Int32, output: Data)
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }

  /// A path that nothing is at yet, for the time of `body`.
  static func withTemporaryFile<Result>(_ suffix: String, _ body: (URL) throws -> Result) throws -> Result {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())\(suffix)")
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file)
  }
}
