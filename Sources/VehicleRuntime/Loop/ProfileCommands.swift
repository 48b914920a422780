import HardwareInterfaces
import Signals
import VehicleConfiguration

/// What a timed profile asks for, put into a frame tick by tick: each command moves from step to step at its rate.
///
/// It runs in the loop: its memory is taken when it is made, and nothing in it counts references.
public struct ProfileCommands: ~Copyable {
  /// A command: where it lies, the largest change per second, and how it stands.
  private struct Command: BitwiseCopyable {
    var place: SignalIndex<Float>?
    var rate: Float
    var current, target: Float
    /// Whether something else than the steps says where it goes.
    var isAimed = false
  }

  private let commands: UnsafeMutableBufferPointer<Command>
  private let times: UnsafeMutableBufferPointer<Int64>
  private let arms: UnsafeMutableBufferPointer<Bool>
  /// Of each step the values of all commands.
  private let values: UnsafeMutableBufferPointer<Float>
  private let arm, takes: SignalIndex<Bool>?
  private let wishTime: SignalIndex<Int64>?
  private let wishes: SignalIndex<UInt32>?
  private let mayCommand: Bool
  private var count: UInt32 = 0
  private var next = 0
  private var isArmed = false

  /// The profile of a vehicle in the frames of a table.
  ///
  /// - Parameter mayCommand: Whether it is heard; otherwise it puts nothing into frames.
  public init(_ list: CommandList, _ table: SignalTable, mayCommand: Bool = true) {
    let (profile, owner) = (list.profile, list.profileOwner)
    let rows = profile.commands.map { command in
      Command(
        place: table.index(of: "\(owner).\(command.name)"),
        rate: command.rate.map { Float($0) } ?? .infinity, current: Float(command.standard),
        target: Float(command.standard))
    }
    commands = .allocate(capacity: rows.count)
    _ = commands.initialize(from: rows)
    times = .allocate(capacity: profile.steps.count)
    _ = times.initialize(from: profile.steps.map(\.time))
    arms = .allocate(capacity: profile.steps.count)
    _ = arms.initialize(from: profile.steps.map(\.arm))
    let all = profile.steps.flatMap { $0.values.map { Float($0) } }
    values = .allocate(capacity: all.count)
    _ = values.initialize(from: all)
    (arm, takes) = (table.index(of: "\(owner).arm"), table.index(of: "\(owner).takes"))
    (wishTime, wishes) = (table.index(of: "\(owner).time"), table.index(of: "\(owner).count"))
    self.mayCommand = mayCommand
  }

  deinit {
    commands.deallocate()
    times.deallocate()
    arms.deallocate()
    values.deallocate()
  }

  /// Lets a command go to a value from now on, whatever the steps say of it.
  public mutating func aim(_ command: Int, at target: Float) {
    guard command >= 0, command < commands.count else { return }
    commands[command].target = target
    commands[command].isAimed = true
  }

  /// Puts what is asked for into a frame, at `time` in ns since the first tick and `elapsed` ns after the call before; `now` is the
  /// tick's own time.
  public mutating func put(at time: Int64, elapsed: Int64, now: Int64, _ frame: Frame) {
    guard mayCommand else { return }
    while next < times.count, times[next] <= time {
      isArmed = arms[next]
      let first = next &* commands.count
      for place in 0..<commands.count where first &+ place < values.count && !commands[place].isAimed {
        commands[place].target = values[first &+ place]
      }
      next &+= 1
    }
    let seconds = Float(elapsed) * 1e-9
    for place in 0..<commands.count {
      let command = commands[place]
      let step = command.rate * seconds
      let difference = command.target - command.current
      // A command without a rate jumps; so written because an infinite step of no time is no number.
      let moved =
        command.rate == .infinity ? command.target : command.current + min(max(difference, -step), step)
      commands[place].current = moved
      if let index = command.place { frame[index] = moved }
    }
    if let arm { frame[arm] = isArmed }
    if !times.isEmpty { beHeard(at: now, frame) }
  }

  /// As one of several sources it is one whose wish is new in every tick.
  mutating func beHeard(at now: Int64, _ frame: Frame) {
    count.countReading()
    frame.put(count, wishes)
    frame.put(now, wishTime)
    frame.put(true, takes)
  }
}
