import Control
import Files
import Sampling
import Signals

extension VehicleTables {
  /// Complains about what is wrong with actuators: channels and lines that two have, carriers that do not take what is sent, conversions
  /// that nothing carries; and about what is wrong with the buses, which carry their orders, too.
  ///
  /// - Parameters:
  ///   - places: The paths of the file's blocks by their names.
  ///   - rateHz: Ticks in a second; 0 when nothing is known of it.
  func checkActuators(_ file: Section, _ places: BlockPlaces, rateHz: Int) {
    for actuator in actuators {
      for case .chip(let place, _) in actuator.outputs.map(\.carrier)
      where !buses.contains(where: { $0.name == place.bus }) && !file.context.broken.hasBus(place.bus) {
        file.complain(
          "\(place.path).bus",
          "there is no bus \(JSON5Value.quoted(place.bus))" + hint(place.bus, among: buses.map(\.name)))
      }
    }
    let carried = Set(actuators.map(\.name))
    for block in blocks
    where ActuatorReader.conversions.contains(block.kindName) && !carried.contains(block.name) {
      guard let path = places[block.name], !file.context.broken.hasOwner(block.name) else { continue }
      file.context.complain(
        path,
        "nothing carries what \"\(block.name)\" sends: put it among the `devices`, with `chip`, `command` and "
          + "`as: \"\(block.kindName)\"`")
    }
    checkLineDevices(file)
    var plan: ActuatorPlan?
    do throws(ConfigurationErrors) {
      plan = try actuatorPlan()
    } catch {
      for error in error.errors { file.complain(error.path, error.message) }
    }
    Self.checkBuses(buses, groups, plan, rateHz: rateHz, in: file)
  }

  /// How the values of all actuators leave the processor. Throws everything that is wrong with them.
  public func actuatorPlan() throws(ConfigurationErrors) -> ActuatorPlan {
    return try ActuatorPlan(
      actuators.filter { !$0.outputs.isEmpty || !$0.claimed.isEmpty },
      besides: devices.filter { $0.line == nil },
      lines: takenLines)
  }
}
