import Foundation
import VehicleConfiguration

/// The configuration whose calibration is fuzzed.
private let shipped: String = {
  let path = ProcessInfo.processInfo.environment["GANGLION_CONFIG"] ?? "firmware-configs/quadrotor-hold.json5"
  guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
    print("fuzz: cannot read \(path); run scripts/fuzz")
    exit(2)
  }
  return text.replacingOccurrences(of: "sensors: {", with: "sensors: { calibration: \"c.json5\",")
}()

/// A configuration's text, of any format.
@Sendable func fuzzConfiguration(_ input: UnsafeRawBufferPointer) {
  fuzzTables(input)
  do {
    _ = try Configuration.load(text: String(decoding: input, as: UTF8.self), directory: nil)
  } catch {
    require(!error.errors.isEmpty, "a refusal without a reason")
    _ = "\(error)"
  }
}

/// A configuration's text as tables: what is read expands to a text that is read, too.
private func fuzzTables(_ input: UnsafeRawBufferPointer) {
  do {
    let text = String(decoding: input, as: UTF8.self)
    let tables = try VehicleTables.load(text: text, directory: nil)
    let expanded = try VehicleTables.expanded(tables, of: text)
    _ = try VehicleTables.migrated(text)
    require(
      (try? VehicleTables.load(text: expanded, directory: nil)) != nil, "an expansion that cannot be read")
  } catch {
    require(!((error as? ConfigurationErrors)?.errors.isEmpty ?? true), "a refusal without a reason")
    _ = "\(error)"
  }
}

/// The text of a calibration, beside a good configuration.
@Sendable func fuzzCalibration(_ input: UnsafeRawBufferPointer) {
  do {
    _ = try Configuration.load(
      text: shipped, directory: nil, calibration: String(decoding: input, as: UTF8.self))
  } catch {
    require(!error.errors.isEmpty, "a refusal without a reason")
    _ = "\(error)"
  }
}
