import PortableMath
import VehicleConfiguration

/// Commands that a seed draws in place of those of the profile.
struct CommandDraws {
  private struct Row {
    /// Its number in the profile.
    var command: Int
    var draw: PartsPlant.Draw
    var next: Int64
    var random: RandomGenerator
  }

  private var rows: [Row]

  /// The draws of a vehicle; `nil` when it has none.
  init?(_ tables: VehicleTables, seed: UInt64) {
    let names = tables.commands.profile.commands.map(\.name)
    rows = ((tables.plant as? PartsPlant)?.draws ?? []).compactMap { draw in
      names.firstIndex(of: draw.command).map {
        Row(
          command: $0, draw: draw, next: 0,
          random: RandomGenerator(seed: seed, stream: nameHash("command \(draw.command)")))
      }
    }
    if rows.isEmpty { return nil }
  }

  /// Draws what is due at `time`, in ns since the first tick: the number of a command, and where it is to go.
  mutating func draw(at time: Int64, _ aim: (Int, Float) -> Void) {
    for index in rows.indices where rows[index].next <= time {
      let draw = rows[index].draw
      let value = rows[index].random.nextUniform(draw.range.lowerBound, draw.range.upperBound)
      let seconds = rows[index].random.nextUniform(draw.every.lowerBound, draw.every.upperBound)
      rows[index].next = time + Int64(seconds * 1e9)
      aim(rows[index].command, Float(value))
    }
  }
}
