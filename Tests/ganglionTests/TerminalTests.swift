import Foundation
import HardwareInterfaces
import LiquidModel
import Testing
import VehicleFixtures

@testable import ganglion

@Suite("What a file holds reaches the terminal harmless")
struct TerminalTests {
  @Test("Control characters are shown by their numbers, line feeds are not")
  func controlCharacters() {
    #expect(Terminal.printable("a\u{1B}[2J\u{7}\u{9B}b\nµ°…") == #"a\u{1B}[2J\u{07}\u{9B}b"# + "\nµ°…")
    #expect(Terminal.printable("a\r\nb\tc\u{7F}") == #"a\u{0D}"# + "\n" + #"b\u{09}c\u{7F}"#)
    #expect(PrintableText.inline("a\nb") == #"a\u{0A}b"#)
  }

  @Test(
    "Characters that turn, hide or separate text are shown by their numbers",
    arguments: [
      0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A,
      0x202B,
      0x202C, 0x202D, 0x202E, 0x2060, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206F, 0x3164, 0xE000, 0xF8FF,
      0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB, 0xFFFE, 0xFDD0, 0x1D173, 0xE0001, 0xE0041, 0xE01EF, 0xF0000,
      0x10FFFF, 0x378,
    ] as [UInt32])
  func hiddenCharacters(_ number: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(number))
    let hexadecimal = String(number, radix: 16, uppercase: true)
    #expect(Terminal.printable("a\(scalar)b") == "a\\u{\(hexadecimal)}b")
    #expect(Terminal.progressLine("a\(scalar)b", width: 80).hasSuffix("a\\u{\(hexadecimal)}b"))
    // For machines it stays what it is.
    let json = Terminal.json(["a\(scalar)": "b\(scalar)"])
    let isPlain = json.allSatisfy { $0.isASCII }
    #expect(isPlain)
    let back = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: String]
    #expect(back == ["a\(scalar)": "b\(scalar)"])
  }

  @Test("Of a pile of marks four stay")
  func marks() {
    let pile = "e" + String(repeating: "\u{301}", count: 6) + "x\u{301}"
    #expect(
      Array(Terminal.printable(pile).unicodeScalars)
        == Array(("e\u{301}\u{301}\u{301}\u{301}" + #"\u{301}\u{301}x"# + "\u{301}").unicodeScalars))
    for text in ["žluťoučký kůň", "Übermut", "日本語", "ภาษาไทย", "हिन्दी", "עִבְרִית", "🚁 ok"] {
      #expect(Terminal.printable(text) == text)
    }
  }

  @Test("A line of a megabyte keeps its beginning and its end")
  func longLines() {
    let line = "model.safetensors: " + String(repeating: "x", count: 1 << 20) + "; export it again"
    let shown = Terminal.shortened(line[...])
    #expect(shown.hasPrefix("model.safetensors: xxx"))
    #expect(shown.hasSuffix("xxx; export it again"))
    #expect(shown.count <= Terminal.longestLine + 3)
    #expect(Terminal.shortened("short"[...]) == "short")
  }

  @Test("No command lets them through, in results, notes and errors, as text and as JSON")
  func everyCommand() throws {
    try withFolder { folder in
      let evil = "x\u{202E}y\u{2028}\u{1B}[31mz\u{200B}"
      let models = URL(filePath: shippedConfiguration).deletingLastPathComponent().appending(path: "models")
      var model = try ModelFile.read(path: models.appending(path: "quadrotor-ncp19-int16.safetensors").path)
      model.provenance["note"] = evil
      try model.write(path: "\(folder)/model.safetensors")
      let text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
        .replacing("models/quadrotor-ncp19-int16.safetensors", with: "\(folder)/model.safetensors")
        .replacing("name: \"quadrotor-hold\"", with: "name: \"x\u{202E}y\u{2066}z\"")
      try text.write(toFile: "\(folder)/evil.json5", atomically: true, encoding: .utf8)
      try text.replacing("name:", with: "\"na\u{202E}me\":")
        .write(toFile: "\(folder)/wrong.json5", atomically: true, encoding: .utf8)
      let scripts = [
        "inspect $folder/model.safetensors", "check $folder/evil.json5", "check $folder/wrong.json5",
        "run $folder/evil.json5 --log $folder/a.mcap", "run $folder/wrong.json5", "log info $folder/a.mcap",
        "run $folder/evil.json5 --no-log --episodes 1", "log export --csv $folder/a.mcap --topic $'\\u202e'",
        "run $'a\\u202eb'", "check $'a\\u202eb'", "inspect $'a\\u202eb'", "log info $'a\\u202eb'",
        "replay $'a\\u202eb'", "$'ru\\u202en'", "run x $'--\\u202e'",
        "run $configuration --fault $'a\\u202e:off@1s'",
        "embed $folder/model.safetensors", "calibrate $folder/evil.json5 --output $folder/c.json5",
        "probe --bus $'\\u202e'", "quantize $'\\u202e'", "bench load $'\\u202e'", "help $'\\u202e'",
      ]
      for script in scripts.flatMap({ [$0, $0 + " --json"] }) {
        let outcome = try Program.bash("LC_ALL=C.UTF-8 $ganglion \(script)", in: folder)
        for output in [outcome.output, outcome.errors] {
          let hidden = output.unicodeScalars.filter {
            $0 != "\n" && "\u{202E}\u{2066}\u{2028}\u{1B}\u{200B}".unicodeScalars.contains($0)
          }
          #expect(hidden.isEmpty, "\(script)")
        }
      }
      #expect(
        try Program.bash("$ganglion inspect $folder/model.safetensors", in: folder).output.contains(
          #"\u{202E}"#))
      #expect(
        try Program.bash("$ganglion inspect $folder/model.safetensors --json", in: folder).output.contains(
          #"\u202e"#))
    }
  }
}
