import HardwareInterfaces
import Sampling
import Signals
import VehicleConfiguration

extension VehicleTables {
  /// What an owner must know of devices and of actuators that have a fault of their own. Empty when there is nothing to say.
  ///
  /// - Parameters:
  ///   - values: What the drivers say.
  ///   - identities: By the devices' names what their identity registers held.
  func deviceComplaints(about values: FrameView, identities: [String: UInt8]) -> [String] {
    devices.complaints(about: values, identities: identities)
      + actuators.compactMap { actuator in
        let fault = values.value("\(actuator.name).fault", as: UInt8.self).flatMap(DeviceFault.init)
        guard let fault, fault != .none, fault != .notReady else { return nil }
        return "\(actuator.path): \(fault.actuatorWords)"
      }
  }
}

extension DeviceFault {
  /// What is wrong with an actuator's chip, for people.
  fileprivate var actuatorWords: String {
    switch self {
    case .missing:
      "nothing answers where its chip should be: nothing reaches it; check wiring, supply and address"
    case .transfer: "transfers to its chip fail: it may not follow; check the bus"
    case .wrongIdentity: "what answers where its chip should be is another chip: nothing reaches it"
    case .wrongRegister: "its chip loses its settings: its supply may sag"
    case .selfReported: "its chip reports a failure of its own: a short circuit, heat or too little supply"
    default: "its chip does not do what it is told"
    }
  }
}
