import Files
import Foundation
import Testing

@Suite struct FileKindTests {
  typealias Name = FileKind.Name

  /// A zip archive's first file.
  static func zip(_ name: String) -> [UInt8] {
    [0x50, 0x4B, 0x03, 0x04, 20, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 16) + [
      UInt8(name.utf8.count), 0, 0, 0,
    ]
      + Array(name.utf8)
  }

  static let beginnings: [(Name, [UInt8])] = [
    (.empty, []), (.zeros, [UInt8](repeating: 0, count: 5000)), (.unknown, [0xC3, 0x28, 0, 1, 2]),
    (.ulog, [0x55, 0x4C, 0x6F, 0x67, 0x01, 0x12, 0x35, 0x01]),
    (.encryptedULog, Array("ULogEnc".utf8) + [1, 0]),
    (.dataFlash, [0xA3, 0x95, 0x80, 0x80, 0x59] + Array("FMT\0BBnNZ".utf8)),
    (.sdlog2, [0xA3, 0x95, 0x80, 0x02, 0x33] + Array("ATT\0fffff".utf8)),
    (.dataFlashText, Array("FMT, 128, 89, FMT, BBnNZ, Type,Length,Name,Format,Columns\n".utf8)),
    (.blackbox, Array("H Product:Blackbox flight data recorder by Nicholas Sherlock\n".utf8)),
    (.telemetryLog, [0, 5, 0x9B, 0x6C, 1, 2, 3, 4, 0xFD, 9]),
    (.mcap, [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A, 1]), (.rosBag, Array("#ROSBAG V2.0\n".utf8)),
    (.sqlite, Array("SQLite format 3\0".utf8)),
    (.safetensors, [0x80, 0x02, 0, 0, 0, 0, 0, 0] + Array("{\"a\":1".utf8)),
    (.torch, zip("archive/data.pkl")), (.keras, zip("metadata.json")), (.numpyArchive, zip("x.npy")),
    (.zip, [0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 0, count: 100)), (.zip, zip("letter.txt")),
    (
      .torchLegacy,
      [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    ),
    (.pickle, [0x80, 0x04, 0x95, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x7D]),
    (.hdf5, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]),
    (.hdf5, [UInt8](repeating: 1, count: 512) + [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]),
    (.matlab, Array("MATLAB 5.0 MAT-file, Platform: GLNXA64".utf8)),
    (.onnx, [0x08, 0x08, 0x12, 0x07] + Array("pytorch".utf8)),
    (.tflite, [0x1C, 0, 0, 0] + Array("TFL3".utf8)),
    (.savedModel, [0x08, 0x01, 0x12, 0x90, 0x40] + Array("serve".utf8)),
    (.gguf, Array("GGUF".utf8) + [3, 0, 0, 0]),
    (.numpyArray, [0x93] + Array("NUMPY".utf8) + [1, 0]), (.parquet, Array("PAR1".utf8) + [0x15, 4]),
    (.arrow, Array("ARROW1".utf8) + [0, 0]), (.gzip, [0x1F, 0x8B, 8, 0]),
    (.zstandard, [0x28, 0xB5, 0x2F, 0xFD, 4]),
    (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4]),
    (.bzip2, Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
    (.lz4, [0x04, 0x22, 0x4D, 0x18, 0x60]),
    (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), (.rar, Array("Rar!\u{1A}\u{07}".utf8) + [1, 0]),
    (.tar, Array("name".utf8) + [UInt8](repeating: 0, count: 253) + Array("ustar".utf8)),
    (.gitLFS, Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n".utf8)),
    (.webPage, Array("\n  <!DOCTYPE html>\n<html>".utf8)), (.program, [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
    (.windowsProgram, Array("MZ".utf8) + [0x90, 0, 3]), (.script, Array("#!/bin/sh\n".utf8)),
    (.document, Array("%PDF-1.7\n".utf8)), (.picture, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    (.picture, [0xFF, 0xD8, 0xFF, 0xE0]),
    (.json, Array("// A vehicle\n{ name: 'x' }".utf8)), (.json, Array("\u{FEFF}[1, 2]".utf8)),
    (.csv, Array("time,x,y\n0,1,2\n1,2,3\n".utf8)), (.csv, Array("time;x\n0;1".utf8)),
    (.csv, Array("time,x,y\n0,1,\0\n1,2,3\n".utf8)), (.csv, Array("time,x,y\n0,1,".utf8) + [0xE9, 0x0A]),
    (.text, Array("To whom it may concern, hello.\nNothing else.\n".utf8)), (.text, Array("Grüße".utf8)),
  ]

  @Test func aFileIsNamedForWhatItIs() {
    for (name, bytes) in Self.beginnings {
      #expect(FileKind(bytes).name == name, "\(name) was taken for \(FileKind(bytes).name)")
    }
  }

  @Test func everyKindIsTriedAndSaysWhatToDo() {
    #expect(Set(Self.beginnings.map(\.0)) == Set(Name.allCases))
    for (name, bytes) in Self.beginnings {
      let kind = FileKind(bytes)
      #expect(!kind.words.isEmpty && !kind.advice.isEmpty, "\(name)")
      #expect(!kind.advice.hasSuffix("."), "\(name)")
      // The old path is named only beside the command.
      if kind.advice.contains("export_ncps") { #expect(kind.advice.contains("ganglion-export"), "\(name)") }
    }
  }

  @Test func theCasesAreNamed() throws {
    guard let data = ProcessInfo.processInfo.environment["GANGLION_DATA"] else { return }
    func kind(_ path: String) throws -> FileKind { try FileKind(InputFile(path: "\(data)/cases/\(path)")) }
    #expect(try kind("recording-kind-not-named/ardupilot.bin").words == "an ArduPilot log (DataFlash)")
    #expect(try kind("recording-kind-not-named/encrypted.ulge").words == "an encrypted PX4 log")
    #expect(
      try kind("inspect-other-model-kinds/st_pt_zip.safetensors").words.hasPrefix(
        "a PyTorch checkpoint (zip)"))
  }

  @Test func noBeginningTrapsOrLacksAName() {
    var state: UInt64 = 9
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for round in 0..<20_000 {
      var bytes = Self.beginnings[round % Self.beginnings.count].1
      if !bytes.isEmpty { bytes[Int(next()) % bytes.count] = next() }
      bytes = Array(bytes.prefix(max(0, bytes.count - Int(next() & 7))))
      if next() & 3 == 0 { bytes += (0..<Int(next())).map { _ in next() } }
      #expect(!FileKind(bytes).words.isEmpty)
    }
  }

  @Test func aTextMayBeCutWithinALetter() {
    let text = Array((String(repeating: "a", count: FileKind.beginning - 1) + "ü, and on").utf8)
    #expect(FileKind(text).name == .text)
  }
}
