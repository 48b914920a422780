import Foundation
import LiquidModel
import Testing
import VehicleFixtures

@testable import ganglion

@Suite struct EmbedCommandTests {
  private static let models = URL(filePath: shippedConfiguration).deletingLastPathComponent().appending(
    path: "models")

  private func model(_ name: String) -> String { Self.models.appending(path: name + ".safetensors").path }

  private func image(_ path: String) throws -> [UInt8] {
    try NetworkRuntime(ModelFile.read(path: path)).withImage { [UInt8]($0) }
  }

  /// Runs a program and returns what it wrote; it must end with success.
  @discardableResult
  private func run(_ program: String, _ arguments: [String], in folder: String) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(filePath: folder)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program) \(arguments.joined(separator: " "))")
    return [UInt8](bytes)
  }

  /// Compiles C as strictly as compilers can, with a program that writes what `expression` points to.
  private func compiledC(_ header: String, _ count: String, _ expression: String, in folder: String) throws
    -> [UInt8]
  {
    let program = """
      #include "\(header)"
      #include <stdint.h>
      #include <stdio.h>
      int main(void) {
        if ((uintptr_t)\(expression) % 32 != 0) return 1;
        return fwrite(\(expression), 1, \(count), stdout) == \(count) ? 0 : 1;
      }
      """
    try Data(program.utf8).write(to: URL(filePath: folder + "/main.c"))
    let strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    try run("gcc", strict + ["main.c", "model.c", "-o", "program"], in: folder)
    return try run("./program", [], in: folder)
  }

  @Test(arguments: ["quadrotor-ncp19-int8", "quadrotor-cfc64-int16", "quadrotor-ncp19"])
  func theCSourceCompilesWithoutAWarningAndHoldsTheImage(name: String) throws {
    try withFolder { folder in
      #expect(embedCommand([model(name), "-o", folder + "/model.c"]) == .success)
      let identifier = name.replacing("-", with: "_")
      let bytes = try compiledC(
        "model.h", identifier.uppercased() + "_IMAGE_BYTES", identifier + "_image", in: folder)
      #expect(bytes == (try image(model(name))))
    }
  }

  @Test func theSwiftSourceCompilesAndHoldsTheImageInPlace() throws {
    try withFolder { folder in
      let path = model("quadrotor-ncp19-int8")
      #expect(embedCommand([path, "--language", "swift", "-o", folder + "/Model.swift"]) == .success)
      // A copy would lie on the stack, and elsewhere in each call. Swift 6.2 makes one.
      let program = """
        import Foundation
        func place() -> Int { QuadrotorNcp19Int8.withImage { Int(bitPattern: $0.baseAddress) } }
        func deeper(_ depth: Int) -> Int { depth == 0 ? place() : deeper(depth - 1) + 0 }
        guard place() % 8 == 0 else { exit(1) }
        #if compiler(>=6.3)
          guard place() == deeper(3) else { exit(1) }
        #endif
        FileHandle.standardOutput.write(QuadrotorNcp19Int8.withImage { Data($0) })
        """
      try Data(program.utf8).write(to: URL(filePath: folder + "/main.swift"))
      for optimisation in ["-Onone", "-Osize"] {
        let sources = ["main.swift", "Model.swift"]
        try run(
          "swiftc",
          [optimisation, "-swift-version", "6", "-warnings-as-errors"] + sources + ["-o", "program"],
          in: folder)
        let bytes = try run("./program", [], in: folder)
        #expect(bytes == (try image(path)))
      }
    }
  }

  @Test func whatAModelFileSaysCannotLeaveItsComment() throws {
    var file = try ModelFile.read(path: model("quadrotor-ncp19-int8"))
    file.inputs[0].name = "*/ int injected; /*"
    file.inputs[1].unit = "m\n#error injected\n"
    file.inputs[2].name = "??/"
    file.inputs[3].name = "\u{2066}\u{2069}\u{200B}\u{FEFF}\r\u{2028}\u{85}*\u{301}/ \\"
    file.outputs[0].unit = "\u{202E}//*/*\\"
    file.provenance["note"] = "**//" + String(repeating: "long ", count: 1000)
    try withFolder { folder in
      try file.write(path: folder + "/hostile.safetensors")
      let path = folder + "/hostile.safetensors"
      #expect(embedCommand([path, "-o", folder + "/model.c", "--name", "hostile"]) == .success)
      let bytes = try compiledC("model.h", "HOSTILE_IMAGE_BYTES", "hostile_image", in: folder)
      #expect(bytes == (try image(path)))
      #expect(embedCommand([path, "--language", "swift", "-o", folder + "/model.swift"]) == .success)
      try run("swiftc", ["-typecheck", "-warnings-as-errors", "model.swift"], in: folder)
      // Nor does it turn lines around or hide in them.
      for name in ["model.c", "model.h", "model.swift"] {
        let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
        let hidden = text.unicodeScalars.filter {
          $0 != "\n"
            && [.control, .format, .lineSeparator, .paragraphSeparator].contains(
              $0.properties.generalCategory)
        }
        #expect(hidden.isEmpty, "\(name)")
      }
    }
  }

  @Test(arguments: ["self", "type", "int", "u-int64", "inline-array", "2fast", "class"])
  func aNameThatSwiftOrCKeepsForItselfStillCompiles(name: String) throws {
    try withFolder { folder in
      let path = model("quadrotor-ncp19-int8")
      #expect(embedCommand([path, "-o", folder + "/model.c", "--name", name]) == .success)
      try run("gcc", ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-c", "model.c"], in: folder)
      #expect(
        embedCommand([path, "--language", "swift", "-o", folder + "/model.swift", "--name", name]) == .success
      )
      try run("swiftc", ["-typecheck", "-warnings-as-errors", "model.swift"], in: folder)
    }
  }

  @Test func namesBecomeIdentifiers() throws {
    let file = try ModelFile.read(path: model("quadrotor-ncp19-int8"))
    func image(_ name: String?) throws -> String {
      try EmbeddedSource(file, title: "19 neurons, v2", name: name).cImage
    }
    let unnamed = try image(nil)
    #expect(unnamed.contains(" model_19_neurons_v2_image[MODEL_19_NEURONS_V2_IMAGE_BYTES] = {"))
    let foreign = try image("Größe")
    #expect(foreign.contains(" gr_e_image["))
    let empty = try image("")
    #expect(empty.contains(" model_image["))
  }

  @Test func wrongUseIsRefused() throws {
    let path = model("quadrotor-ncp19-int8")
    try withFolder { folder in
      #expect(embedCommand([]) == .wrongUse)
      #expect(embedCommand([path, "--language", "rust"]) == .wrongUse)
      #expect(embedCommand([path, "-o", folder + "/model.h"]) == .wrongUse)
      #expect(embedCommand([path, "-o", folder + "/.c"]) == .wrongUse)
      for odd in ["a\"b", "a\\b", "a\nb", "<a>"] {
        #expect(embedCommand([path, "-o", "\(folder)/\(odd).c"]) == .wrongUse)
      }
      #expect(embedCommand([path, "-o", folder + "/a.c", "--output", folder + "/b.c"]) == .wrongUse)
      #expect(embedCommand([path, "--json"]) == .wrongUse)
      #expect(embedCommand([path, "-o", folder + "/nowhere/model.c"]) == .wrongUse)
      #expect(embedCommand([folder + "/nowhere.safetensors"]) == .wrongUse)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test func aModelThatCouldOverflowIsRefused() throws {
    var file = try ModelFile.read(path: model("quadrotor-ncp19-int16"))
    let bias = try #require(file.tensors.firstIndex { $0.name == "cell0.heads.bias" })
    file.tensors[bias].bytes.replaceSubrange(0..<4, with: [0xFF, 0xFF, 0xFF, 0x7F])
    try withFolder { folder in
      try file.write(path: folder + "/model.safetensors")
      #expect(embedCommand([folder + "/model.safetensors", "-o", folder + "/model.c"]) == .wrongUse)
    }
  }
}
