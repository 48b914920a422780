import Foundation
import Testing

@testable import ganglion

@Suite("Completions and manual pages")
struct CompletionsTests {
  @Test("every command says what it takes, and takes what it says")
  func descriptors() throws {
    let descriptors = Commands.descriptors
    for command in Commands.all {
      #expect(
        descriptors.contains { $0.name == command.name || $0.name.hasPrefix("\(command.name) ") },
        "\(command.name)")
    }
    for name in ["bench accuracy", "bench digests", "bench load", "bench loop"] {
      #expect(descriptors.contains { $0.name == name })
    }
    let run = try #require(descriptors.first { $0.name == "run" })
    #expect(run.options.contains("fault") && run.flags.contains("real-time"))
    for descriptor in descriptors {
      for option in descriptor.options + descriptor.flags where option != "json" {
        #expect(descriptor.help.contains("--\(option)"), "\(descriptor.name) --\(option) is not in its help")
      }
    }
  }

  /// What a program says of a text on its standard input; `nil` when it is not there.
  private func said(_ command: [String], _ text: String) throws -> (status: Int32, output: String)? {
    let found = ["/usr/bin/", "/bin/"].map { $0 + command[0] }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let found else { return nil }
    let process = Process()
    process.executableURL = URL(filePath: found)
    process.arguments = Array(command.dropFirst())
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
    try process.run()
    input.fileHandleForWriting.write(Data(text.utf8))
    try input.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  @Test("bash completes commands, options and subjects")
  func bash() throws {
    let script =
      CompletionsCommand.bash + """

        try() { COMP_WORDS=(ganglion "$@"); COMP_CWORD=$#; COMPREPLY=(); _ganglion; echo "${COMPREPLY[*]}"; }
        try rep
        try run --ep
        try bench lo
        try check --un
        """
    let result = try #require(try said(["bash"], script))
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines == ["replay", "--episodes", "load loop", "--unit"], "\(result.output)")
  }

  @Test("the other shells take theirs, where they are", arguments: ["zsh", "fish"])
  func others(_ shell: String) throws {
    let text = shell == "zsh" ? CompletionsCommand.zsh : CompletionsCommand.fish
    guard let result = try said([shell, "-n"], text) else { return }
    #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
  }

  @Test("a manual page of each command, which groff takes without a word")
  func manual() throws {
    for text in Commands.all.map({ ManualPage($0).text }) + [ManualPage.overview.text] {
      #expect(text.contains(".SH NAME"))
      guard let result = try said(["groff", "-man", "-ww", "-z", "-Tutf8"], text) else { continue }
      #expect(result.status == 0 && result.output.isEmpty, "\(result.output)\n\(text.prefix(300))")
    }
  }
}
