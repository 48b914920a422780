import Foundation

/// What is fuzzed: one program for all, chosen by GANGLION_FUZZ, so that it is built once.
///
/// A target does with hostile bytes what the command line does with a file. Errors are what it is for; a trap, a hang, a
/// read beyond its memory or a result that contradicts itself ends the program, and libFuzzer keeps the bytes.
let targets: [String: @Sendable (UnsafeRawBufferPointer) -> Void] = [
  "model": fuzzModel, "configuration": fuzzConfiguration, "calibration": fuzzCalibration, "mcap": fuzzLog,
  "ulog": fuzzRecording, "dataflash": fuzzRecording, "ros2": fuzzROS2, "c": fuzzInterface, "crsf": fuzzCRSF,
  "sbus": fuzzSBUS, "ibus": fuzzIBUS, "gamepad": fuzzGamepad, "mavlink": fuzzMAVLink,
]

private let chosen: @Sendable (UnsafeRawBufferPointer) -> Void = {
  let name = ProcessInfo.processInfo.environment["GANGLION_FUZZ"] ?? ""
  guard let target = targets[name] else {
    print("fuzz: GANGLION_FUZZ names none of \(targets.keys.sorted().joined(separator: ", "))")
    exit(2)
  }
  return target
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  chosen(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
  return 0
}

/// Ends the program when what must hold does not: a result that lies is as bad as a crash.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
  if !condition {
    FileHandle.standardError.write(Data("fuzz: \(what())\n".utf8))
    abort()
  }
}

/// libFuzzer's own driver, which its `main` would call.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The package manager makes `main` of a program's module an alias of this name.
@_cdecl("Fuzz_main")
public func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
  var (count, arguments) = (count, arguments)
  return runDriver(&count, &arguments) { fuzzOne($0, $1) }
}
