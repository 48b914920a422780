import VehicleRuntime

extension StopSignal {
  /// How a command ends that it has ended.
  var status: ExitStatus {
    switch self {
    case .hangUp: .hungUp
    case .interrupt: .interrupted
    case .terminate: .terminated
    }
  }
}
