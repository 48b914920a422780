import Foundation
import LiquidModel
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

@Suite struct ConfigurationFileTests {
  private func complaints(path: String) -> ConfigurationErrors? {
    do throws(ConfigurationErrors) {
      _ = try Configuration.load(path: path)
      return nil
    } catch {
      return error
    }
  }

  private func withFile(_ data: Data, _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ganglion-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "test.json5")
    try data.write(to: file)
    try body(file.path)
  }

  @Test func aFileThatIsNotThereIsUnreadable() throws {
    let errors = try #require(complaints(path: "/nowhere/test.json5"))
    #expect(errors.isUnreadable)
    #expect(
      errors.description == "/nowhere/test.json5: cannot open it: No such file or directory; check the path")
  }

  @Test func aFolderIsUnreadable() throws {
    let errors = try #require(complaints(path: repository.path))
    #expect(errors.isUnreadable)
  }

  @Test(.timeLimit(.minutes(1))) func whatIsNoRegularFileIsRefusedAtOnce() throws {
    let pipe = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path
    try #require(mkfifo(pipe, 0o600) == 0)
    defer { unlink(pipe) }
    for path in [pipe, "/dev/zero", "/dev/null", repository.path] {
      let errors = try #require(complaints(path: path))
      #expect(errors.isUnreadable)
      #expect(errors.description.hasPrefix("\(path): "))
      #expect(errors.description.contains("not a regular file"))
    }
  }

  @Test func aFileThatIsTooLongIsReadToTheLimitOnly() throws {
    try withFile(Data(repeating: 0x20, count: Configuration.maximumSize + 1)) { path in
      let errors = try #require(complaints(path: path))
      #expect(errors.isUnreadable)
      #expect(errors.description.contains("1048576"))
    }
  }

  @Test func bytesThatAreNotUTF8AreRefused() throws {
    try withFile(Data([0x7B, 0xFF, 0x7D])) { path in
      let errors = try #require(complaints(path: path))
      #expect(errors.description.hasSuffix("the file is not UTF-8 text"))
    }
  }

  @Test func errorsNameFileAndLine() throws {
    try withFile(Data("{\n  name: 3,\n}".utf8)) { path in
      let errors = try #require(complaints(path: path))
      #expect(!errors.isUnreadable)
      #expect(errors.description.contains("\(path):2: name: found 3, expected text"))
    }
  }

  @Test func aModelFileThatIsNotThereIsAnError() throws {
    try withFile(Data(try quadrotorText().utf8)) { path in
      let errors = try #require(complaints(path: path))
      #expect(errors.errors.map(\.path) == ["model.file"])
      #expect(errors.description.contains("No such file or directory"))
      let overrides = ConfigurationOverrides(controller: .classical)
      #expect(try Configuration.load(path: path, overrides: overrides).model.controller == .classical)
    }
  }

  private func port(_ name: String, _ unit: String = "") -> NetworkModel.Port {
    NetworkModel.Port(name: name, unit: unit, minimum: -1, maximum: 1)
  }

  @Test func aModelWithTheSamePortsFits() throws {
    let configuration = try Configuration.load(text: try quadrotorText(), directory: nil)
    let network = try #require(configuration.network)
    let inputs = network.inputs.map { port($0.signal.rawValue, $0.signal.unit) }
    let outputs = network.outputs.map { port($0.command.rawValue) }
    #expect(configuration.mismatches(inputs: inputs, outputs: outputs).isEmpty)
    let unnamed = configuration.mismatches(
      inputs: inputs.map { _ in port("") }, outputs: outputs.map { _ in port("") })
    #expect(unnamed.isEmpty)
  }

  @Test func aModelWithOtherPortsDoesNotFit() throws {
    let configuration = try Configuration.load(text: try quadrotorText(), directory: nil)
    let network = try #require(configuration.network)
    var inputs = network.inputs.map { port($0.signal.rawValue, $0.signal.unit) }
    inputs.swapAt(0, 1)
    inputs[2].unit = "deg/s"
    let outputs = network.outputs.dropLast().map { port($0.command.rawValue) }
    let errors = configuration.mismatches(inputs: inputs, outputs: Array(outputs))
    #expect(
      errors.map(\.path) == [
        "network.inputs[0].signal", "network.inputs[1].signal", "network.inputs[2].unit", "network.outputs",
      ])
    #expect(configuration.mismatches(inputs: [], outputs: network.outputs.map { _ in port("") }).count == 1)
  }
}
