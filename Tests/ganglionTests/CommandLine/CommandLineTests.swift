import Foundation
import Testing
import VehicleFixtures

@testable import ganglion

@Suite("The command line")
struct CommandLineTests {
  private func run(_ words: String) throws -> Program.Outcome {
    try withFolder { try Program.bash("$ganglion \(words)", in: $0) }
  }

  /// Each command and each part of one that has help of its own.
  private static let commands =
    Commands.all.map(\.name) + [
      "bench core", "bench accuracy", "bench digests", "bench load", "bench loop", "log info", "log export",
    ]

  @Test("Each command's help has an example, by --help and by ganglion help alike", arguments: commands)
  func helps(_ command: String) throws {
    let help = try run("\(command) --help")
    #expect(help.status == 0 && help.errors.isEmpty)
    #expect(help.output.contains("Example: ganglion \(command.prefix { $0 != " " })"), "\(help.output)")
    let asked = try run("help \(command)")
    #expect(asked.status == 0)
    #expect(asked.output == help.output)
  }

  @Test("ganglion help lists every command; without a command the list is an error")
  func lists() throws {
    let help = try run("help")
    #expect(help.status == 0)
    for command in Commands.all { #expect(help.output.contains("  ganglion \(command.name)")) }
    for same in ["--help", "-h", "help --json"] { #expect(try run(same).output == help.output) }
    let none = try run("")
    #expect(none.status == 2)
    #expect(none.output.isEmpty && none.errors.contains("ganglion run CONFIG"))
  }

  @Test(
    "An unknown command is refused with the nearest",
    arguments: [
      ("rum", "run"), ("rnu", "run"), ("chek x", "check"), ("help rum", "run"), ("quantise m", "quantize"),
      ("hlep", "help"), ("Run", "run"), ("logs", "log"), ("benchmark", ""), ("xyzzy", ""),
    ])
  func unknown(_ words: String, _ nearest: String) throws {
    let outcome = try run(words)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("there is no command '"), "\(outcome.errors)")
    #expect(
      outcome.errors.contains(
        nearest.isEmpty ? "there are run, replay" : "did you mean ganglion \(nearest)?"),
      "\(outcome.errors)")
  }

  @Test(
    "With --json an error is one object on standard output, whose exit status is the process's",
    arguments: [
      ("run nowhere.json5 --json", 2), ("run --json", 2), ("run a b --json", 2), ("run --json --sed 1 x", 2),
      ("run $configuration --no-log --fault ,, --json", 2), ("run $configuration --model /nowhere --json", 2),
      ("run $configuration --episodes 2 --fault imo:off@1s --json", 2),
      ("run $configuration --log=/nowhere/x --json", 2),
      ("run $configuration --seed x --json", 2), ("run $configuration --backend mars --json", 2),
      ("run $configuration --minimum-held 0.5 --json", 2),
      ("run $configuration --backend linux --no-log --json", 2),
      ("replay nowhere --json", 2), ("replay $configuration --json", 2), ("inspect $configuration --json", 2),
      ("inspect --json", 2), ("quantize nowhere --json", 2), ("embed nowhere --json --output x.c", 2),
      ("calibrate nowhere --json", 2), ("calibrate $configuration gyrro --json", 2), ("check --json", 2),
      ("check a b --json", 2), ("log info nowhere --json", 2), ("log --json", 2), ("log look x --json", 2),
      ("log verify $configuration --json", 2), ("probe --bus i2c-99 --json", 2), ("probe x --json", 2),
      ("bench core --network x --json", 2), ("bench load nowhere --json", 2),
      ("bench loop nowhere --json", 2),
      ("bench digests --network x --json", 2), ("bench accuracy --steps 0 --json", 2), ("rum --json", 2),
    ])
  func jsonErrors(_ words: String, _ status: Int32) throws {
    let outcome = try run(words)
    #expect(outcome.status == status, "\(words): \(outcome.errors)")
    let json = try outcome.json
    #expect(json["exit_status"] as? Int == Int(status))
    let error = try #require(json["error"] as? [String: Any], "\(words): \(outcome.output)")
    for key in ["command", "cause", "message"] {
      #expect((error[key] as? String)?.isEmpty == false, "\(words): \(key) in \(outcome.output)")
    }
    #expect(error.keys.contains("place") && error.keys.contains("remedy"))
    #expect(outcome.errors.isEmpty, "\(words): \(outcome.errors)")
  }

  @Test("check --json tells what is wrong with its exit status")
  func checkJSON() throws {
    try withFolder { folder in
      let wrong = try Program.bash("echo '{}' > $folder/a; $ganglion check $folder/a --json", in: folder)
      #expect(wrong.status == 1)
      #expect(try wrong.json["exit_status"] as? Int == 1)
      #expect(try wrong.json["valid"] as? Bool == false)
      let error = try #require(try wrong.json["error"] as? [String: Any], "\(wrong.output)")
      #expect(error["command"] as? String == "check")
      #expect((error["place"] as? String)?.hasSuffix("/a") == true, "\(error)")
      let errors = try #require(error["errors"] as? [[String: Any]])
      #expect(!errors.isEmpty && errors.allSatisfy { $0["cause"] is String && $0["place"] is String })
      let missing = try Program.bash("$ganglion check $folder/b --json", in: folder)
      #expect(missing.status == 2)
      #expect(try missing.json["exit_status"] as? Int == 2)
      #expect(try missing.json["error"] is [String: Any])
    }
  }

  @Test(
    "An error of replay names the file", arguments: ["replay FILE", "replay --config $configuration FILE"])
  func placeOfReplay(_ words: String) throws {
    try withFolder { folder in
      let outcome = try Program.bash(
        "echo hello >$folder/a; $ganglion \(words.replacing("FILE", with: "$folder/a")) --json", in: folder)
      let error = try #require(try outcome.json["error"] as? [String: Any], "\(outcome.output)")
      #expect((error["place"] as? String)?.hasSuffix("/a") == true, "\(outcome.output)")
    }
  }

  @Test("What is noted beside a result is a field of it")
  func notes() {
    let session = CommandSession(isJSON: true)
    let text = CommandSession.$current.withValue(session) {
      Terminal.printNote("first")
      Terminal.printWarning("second")
      return Terminal.json(["a": 1, "notes": ["first"]])
    }
    #expect(text == #"{"a":1,"notes":["first","second"]}"#)
    #expect(Terminal.json(["a": 1]) == #"{"a":1}"#)
  }

  @Test("Numbers that JSON does not have are null, and the rest of the result stays")
  func nonFinite() {
    #expect(
      Terminal.json(["a": Double.nan, "b": [Float.infinity, 1.5], "c": ["d": -Double.infinity], "e": 2])
        == #"{"a":null,"b":[null,1.5],"c":{"d":null},"e":2}"#)
  }

  @Test("An option does not swallow the option behind it")
  func swallowedOption() throws {
    #expect(throws: UsageError.self) {
      _ = try Arguments(["--log", "--json"], options: ["log"], flags: ["json"])
    }
    #expect(try Arguments(["--log=--json"], options: ["log"], flags: ["json"]).value("log") == "--json")
    #expect(try Arguments(["--log", "-"], options: ["log"]).value("log") == "-")
  }

  @Test("A share is a number from 0 to 1, or a percentage")
  func shares() throws {
    for (text, share) in [("0", 0), ("1", 1), ("0.95", 0.95), ("95%", 0.95), ("100%", 1), ("0%", 0)] {
      #expect(try Arguments(["--s", text], options: ["s"]).share("s") == share)
    }
    for text in ["", "%", "1.1", "101%", "-1", "nan", "inf", "1e-1", "0x1", "half", "95 %", "1,0", "٣"] {
      #expect(throws: UsageError.self) { _ = try Arguments(["--s=\(text)"], options: ["s"]).share("s") }
    }
  }
}
