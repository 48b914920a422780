import VehicleRuntime

extension LoadedVehicle {
  /// The result of a run as an object, with what there is to note of the model.
  func noted(_ result: [String: Any]) -> [String: Any] {
    guard let modelNote else { return result }
    return result.merging(["model_note": modelNote]) { $1 }
  }
}
