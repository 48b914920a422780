import Foundation
import LiquidModel
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// That a model file of an old format, whose header nothing guards, is said to be unprotected.
@Suite struct ModelNotesTests {
  private static let models = URL(filePath: shippedConfiguration).deletingLastPathComponent().appending(
    path: "models")

  /// A shipped model as a file of format 1.
  private static func old(in folder: String) throws -> String {
    let bytes = [UInt8](
      try Data(contentsOf: models.appending(path: "quadrotor-ncp19-int16.safetensors")))
    var file = try Safetensors(bytes)
    file.metadata["ganglion.digest"] = nil
    file.metadata["ganglion.format"] = "1"
    file.metadata["ganglion.sha256"] = try ModelFile.read(bytes).tensorDigest
    let path = folder + "/old.safetensors"
    try Data(file.encoded()).write(to: URL(filePath: path))
    return path
  }

  @Test func inspectSaysWhatTheDigestCovers() throws {
    try withFolder { folder in
      let old = try ModelInspection(ModelFile.read(path: Self.old(in: folder)))
      #expect(old.text.contains("not protected: its digest covers the tensors' bytes"))
      #expect(old.json["sha256_covers"] as? String == "tensors")
      #expect((old.json["note"] as? String)?.contains("scripts/seal-models") == true)
      let sealed = try ModelInspection(
        ModelFile.read(path: Self.models.appending(path: "quadrotor-ncp19-int16.safetensors").path))
      #expect(!sealed.text.contains("protected"))
      // It is not what sha256sum says of the file, which a log has as model_sha256.
      #expect(sealed.text.contains("\ndigest          \(try #require(sealed.json["sha256"] as? String))\n"))
      #expect(sealed.json["sha256_covers"] as? String == "everything")
      #expect(sealed.json["note"] is NSNull)
      #expect(Terminal.json(sealed.json) != "{}")
    }
  }

  @Test func checkAndRunSayThatAModelIsNotProtected() throws {
    try withFolder { folder in
      let path = try Self.old(in: folder)
      let overrides = ConfigurationOverrides(modelFile: path)
      let loaded = try LoadedVehicle(path: shippedConfiguration, overrides: overrides)
      let summary = CheckSummary(try loaded.template(for: "a test"), model: loaded.networks.first?.model)
      #expect(summary.model?.note?.contains("not protected") == true)
      #expect(summary.text.contains("model: an old file, not protected"))
      #expect(loaded.noted(["held": true])["model_note"] as? String == summary.model?.note)
      let shipped = try LoadedVehicle(path: shippedConfiguration, overrides: .init())
      #expect(shipped.modelNote == nil)
      #expect(
        try CheckSummary(shipped.template(for: "a test"), model: shipped.networks.first?.model).model?.note
          == nil)
      #expect(shipped.noted(["held": true]).count == 1)
    }
  }

  @Test func embeddedSourceSaysWhatTheDigestCovers() throws {
    try withFolder { folder in
      let old = try ModelFile.read(path: Self.old(in: folder))
      #expect(
        try EmbeddedSource(old, title: "x", name: nil).cHeader.contains(
          "model file's tensors:  \(old.digest)"))
      let new = try ModelFile.read(old.encoded())
      #expect(
        try EmbeddedSource(new, title: "x", name: nil).cHeader.contains(
          "model file's content:  \(new.digest)"))
    }
  }
}
