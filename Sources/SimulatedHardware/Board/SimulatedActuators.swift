/// The actuators of a simulated vehicle under their names, whatever carries them: what a plant asks for.
///
/// Each gives what reaches it in the unit of its conversion: pulses in µs, a duty (of a bridge −1 to 1), a voltage in V, a level as 0 or 1.
public struct SimulatedActuators {
  /// Where an actuator hangs.
  public enum Wire {
    /// At a channel of a chip on a bus; with `isDuty` what it gives is a share of the time.
    case chip(any SimulatedActuator, channel: Int, isDuty: Bool = false)
    /// At a pulse output of the processor, by its name on the board; a share of `period` µs when there is one.
    case pulses(String, period: Double? = nil)
    /// At a line, by its name on the board.
    case line(String)
    /// At a bridge, 0 or 1, whose pulses come from a channel of a chip; from the processor where there is none.
    case bridge(SimulatedTB6612, Int, pulses: (chip: any SimulatedActuator, channel: Int)? = nil)
  }

  private struct Row {
    var name: String
    var wire: Wire
    var isGated: Bool
    /// What fails where no chip of a bus does.
    var load: SimulatedLoad?
  }

  private let board: SimulatedBoard
  private var rows: [Row] = []

  /// No actuators, on a board.
  public init(on board: SimulatedBoard) { self.board = board }

  /// Hangs an actuator at a wire, and returns its number. Nothing reaches one that `isGated` while the board's enable line is not
  /// active.
  @discardableResult
  public mutating func connect(_ name: String, to wire: Wire, isGated: Bool = true) throws(SimulatedBoard
    .AssemblyError)
    -> Int
  {
    guard self[name] == nil else { throw .nameTaken(name) }
    rows.append(Row(name: name, wire: wire, isGated: isGated, load: try load(name, at: wire)))
    return rows.count - 1
  }

  /// What fails under an actuator's name: a load at a wire of the processor, or the chip that drives it; none where something else has the name.
  private func load(_ name: String, at wire: Wire) throws(SimulatedBoard.AssemblyError) -> SimulatedLoad? {
    guard !board.targetNames.contains(name) else { return nil }
    switch wire {
    case .chip(let chip, _, _):
      board.call(chip.name, by: name)
      return nil
    case .pulses, .bridge: return try board.place(SimulatedLoad(isAtLine: false), name: name)
    case .line: return try board.place(SimulatedLoad(isAtLine: true), name: name)
    }
  }

  /// The names, in the order of their numbers.
  public var names: [String] { rows.map(\.name) }

  /// The number of an actuator; `nil` when there is none of that name.
  public subscript(name: String) -> Int? { rows.firstIndex { $0.name == name } }

  /// What a bridge does now, to which an open one and a braked one are not the same; open for whatever is not at a bridge.
  public func bridge(_ number: Int) -> SimulatedTB6612.Drive {
    guard rows.indices.contains(number), !rows[number].isGated || board.outputsEnabled,
      case .bridge(let chip, let bridge, let pulses) = rows[number].wire
    else { return .open }
    // A pulse output takes this precision.
    let width = pulses.map { Double(Float($0.chip.output($0.channel))) }
    let drive = board.drive(chip, bridge: bridge, width: width)
    return rows[number].load?.pass(drive) ?? drive
  }

  /// What reaches the actuator of a number now; 0 for nothing, and for no such number.
  public func output(_ number: Int) -> Double {
    let output = wireOutput(number)
    guard rows.indices.contains(number), let load = rows[number].load else { return output }
    if case .bridge = rows[number].wire { return output }
    return load.pass(output)
  }

  private func wireOutput(_ number: Int) -> Double {
    guard rows.indices.contains(number), !rows[number].isGated || board.outputsEnabled else { return 0 }
    switch rows[number].wire {
    case .chip(let chip, let channel, let isDuty):
      let output = chip.output(channel)
      return isDuty ? output / chip.wholeDuty : output
    case .pulses(let name, let period):
      let width = board.width(ofPulses: name)
      return period.map { min(width / max($0, 1e-9), 1) } ?? width
    case .line(let name):
      return board.isActive(name) ? 1 : 0
    case .bridge:
      if case .driven(let duty) = bridge(number) { return duty }
      return 0
    }
  }
}
