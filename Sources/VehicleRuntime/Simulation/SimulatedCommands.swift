import HardwareInterfaces
import Signals
import VehicleConfiguration

/// Where a simulated run's commands come from: the profile, or what a seed draws when the simulation says so.
struct SimulatedCommands: ~Copyable {
  private var profile: ProfileCommands
  private var random: (any SetpointSource)?
  private let places: SetpointPlaces
  private var draws: CommandDraws?

  /// The commands of a run; without its profile only those whose devices are simulated ask for something.
  init(_ tables: VehicleTables, seed: UInt64, _ table: SignalTable, flysProfile: Bool = true) {
    profile = ProfileCommands(tables.commands, table, mayCommand: flysProfile)
    random = flysProfile ? tables.randomSetpoints(seed: seed) : nil
    places = SetpointPlaces(table, owner: tables.commands.profileOwner)
    draws = CommandDraws(tables, seed: seed)
  }

  /// Puts what is asked for at `time` into a frame.
  mutating func put(at time: MonotonicTime, elapsed: Int64, _ frame: Frame) {
    if random != nil {
      if let setpoint = random?.setpoint(at: time, elapsed: elapsed) { places.put(setpoint, frame) }
      profile.beHeard(at: time.nanoseconds, frame)
    } else {
      draws?.draw(at: time.nanoseconds) { profile.aim($0, at: $1) }
      profile.put(at: time.nanoseconds, elapsed: elapsed, now: time.nanoseconds, frame)
    }
  }
}
