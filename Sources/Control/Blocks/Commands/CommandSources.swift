import Signals

/// Who commands the vehicle: the first of several sources that is there and wants to; whether somebody asked to arm; and what becomes
/// of the commands when nobody is there any more.
///
/// A source is there when it has given `frames_to_return` young frames since it was away. Arming takes an edge: a source must have been
/// seen to ask for nothing before it asks to arm, so a switch that was on when the program began arms nobody. The source that armed
/// disarms; so does any other that was seen to ask to arm and takes it back. One that comes back while the vehicle is armed, and was never seen
/// to ask for it, has no say in that.
///
/// When the last source is gone while the vehicle is wanted armed, the commands stay for `hold`, and then move to `lost`. They move at
/// their rates whoever commands, so a change from one source to another is no jump.
struct CommandSources: Block {
  /// How it stands with those who command.
  static let stages = SignalKind.choice(["none", "live", "held", "lost"])

  static let description = BlockDescription(
    "command_sources",
    about:
      "The commands of the first of several sources that is there, and what they become when all are lost.",
    settings: [
      SettingDescription(
        "sources", .names(count: 1...8), about: "names of the sources, the one that always wins first"),
      SettingDescription("commands", .names(count: 0...64), standard: .names([]), about: "names of numbers"),
      SettingDescription("flags", .names(count: 0...16), standard: .names([]), about: "names of flags"),
      SettingDescription("units", .names(count: 0...64), standard: .names([]), about: "units of the numbers")
        .counted(by: "commands"),
      SettingDescription(
        "standard", .numbers(-1e12...1e12, count: 0...64, unit: .none), standard: .numbers([]),
        about: "each number before anybody commands"
      ).counted(by: "commands"),
      SettingDescription(
        "lost", .numbers(-1e12...1e12, count: 0...64, unit: .none), standard: .numbers([]),
        about: "where each number goes when all sources are lost"
      ).counted(by: "commands"),
      SettingDescription(
        "rates", .numbers(0...1e12, count: 0...64, unit: .none), standard: .numbers([]),
        about: "largest change of each number in a second; 0 for a jump"
      ).counted(by: "commands"),
      .number("hold", 0...60, .second, 0.3, "how long numbers stay as they are when all sources are lost"),
      .number("frames_to_return", 1...100, .none, 3, "young frames after which a source is there again"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    let (sources, commands) = (settings.names("sources"), settings.names("commands"))
    let flags = settings.names("flags")
    var inputs: [InputPort] = [.time]
    for source in sources {
      inputs += [
        InputPort("\(source)_good", .flag, unit: nil, about: "whether its newest frame is young and sound"),
        InputPort("\(source)_count", .count, unit: nil, about: "how many frames there were"),
        InputPort(
          "\(source)_takes", .flag, unit: nil, count: 0...1,
          about: "whether it wants to command; unbound: always"
        ),
        InputPort(
          "\(source)_arm", .flag, unit: nil, count: 0...1, about: "whether it asks to arm; unbound: never"),
        InputPort(
          "\(source)_low", .flag, unit: nil, count: 0...1,
          about: "whether its commands are at rest, as arming wants them; unbound: always"),
      ]
      inputs += commands.map { InputPort("\(source)_\($0)", .number, unit: nil, count: 0...1) }
      inputs += flags.map { InputPort("\(source)_\($0)", .flag, unit: nil, count: 0...1) }
    }
    let standard = settings.numbers("standard")
    let units = settings.names("units").map { Unit($0) ?? .none }
    let numbers = commands.enumerated().map { place, name in
      OutputPort(
        name, .number, unit: .fixed(place < units.count ? units[place] : .none),
        initial: place < standard.count ? standard[place] : 0)
    }
    return BlockPorts(
      inputs: inputs,
      outputs: numbers + flags.map { OutputPort($0, .flag) } + [
        OutputPort("arm", .flag, about: "whether the vehicle is wanted armed"),
        OutputPort("source", .choice(["none"] + sources), about: "who commands"),
        OutputPort("stage", stages, about: "how it stands with those who command"),
        OutputPort("lost", .flag, about: "nobody commands an armed vehicle, and it was held long enough"),
        OutputPort(
          "not_low", .flag, about: "somebody asked to arm while the commands were not at rest",
          remedy: "take the request to arm back, put throttle or speed to rest, and ask again"),
      ], invalidity: .ends)
  }

  /// What of a source is read.
  private struct Source: BitwiseCopyable {
    var good: Input<Bool>
    var count: Input<UInt32>
    var takes, arm, low: Input<Bool>?
  }

  /// What is known of a source.
  private struct State: BitwiseCopyable {
    /// Frames at the newest look, and how many were young and sound since it was away.
    var count: UInt32 = 0
    var frames: UInt32 = 0
    var isLive = false
    /// Whether it was seen not to ask to arm since it last did, and to ask since it was away.
    var wasOff = false
    var wasOn = false
  }

  /// A number that is commanded.
  private struct Command: BitwiseCopyable {
    var output: Output<Float>
    var standard, lost, rate: Float
  }

  private let sources: UnsafeBufferPointer<Source>
  private let states: UnsafeMutableBufferPointer<State>
  private let commands: UnsafeBufferPointer<Command>
  private let flags: UnsafeBufferPointer<Output<Bool>>
  /// Source by source what it gives for each number and each flag.
  private let numberInputs: UnsafeBufferPointer<Input<Float>?>
  private let flagInputs: UnsafeBufferPointer<Input<Bool>?>
  private let time: Input<Int64>
  private let arm, lost, notLow: Output<Bool>
  private let source, stage: Output<UInt8>
  private let hold: Int64
  private let framesToReturn: UInt32
  private var clock = StepClock()
  private var lastLive: Int64?
  /// The source that armed; -1 for none.
  private var owner = -1

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    let names = (settings.names("sources"), settings.names("commands"), settings.names("flags"))
    var rows: [Source] = []
    var (numbers, marks) = ([Input<Float>?](), [Input<Bool>?]())
    for name in names.0 {
      rows.append(
        Source(
          good: wiring.input("\(name)_good"), count: wiring.input("\(name)_count"),
          takes: wiring.optionalInput("\(name)_takes"), arm: wiring.optionalInput("\(name)_arm"),
          low: wiring.optionalInput("\(name)_low")))
      numbers += names.1.map { wiring.optionalInput("\(name)_\($0)") }
      marks += names.2.map { wiring.optionalInput("\(name)_\($0)") }
    }
    let (standard, lostNumbers) = (settings.numbers("standard"), settings.numbers("lost"))
    let rates = settings.numbers("rates")
    var commands: [Command] = []
    for (place, name) in names.1.enumerated() {
      let rate = place < rates.count ? Float(rates[place]) : 0
      commands.append(
        Command(
          output: wiring.output(name), standard: place < standard.count ? Float(standard[place]) : 0,
          lost: place < lostNumbers.count ? Float(lostNumbers[place]) : 0, rate: rate > 0 ? rate : .infinity))
    }
    var flags: [Output<Bool>] = []
    for name in names.2 { flags.append(wiring.output(name)) }
    sources = wiring.table(rows)
    states = wiring.memory(rows.map { _ in State() })
    (self.commands, self.flags) = (wiring.table(commands), wiring.table(flags))
    (numberInputs, flagInputs) = (wiring.table(numbers), wiring.table(marks))
    (time, arm, lost) = (wiring.input("time"), wiring.output("arm"), wiring.output("lost"))
    (source, stage, notLow) = (wiring.output("source"), wiring.output("stage"), wiring.output("not_low"))
    hold = Int64((settings.number("hold") * 1e9).rounded())
    framesToReturn = UInt32(settings.number("frames_to_return"))
  }

  mutating func step(_ frame: Frame) {
    let seconds = clock.seconds(at: frame[time])
    var chosen = -1
    var place = 0
    while place < sources.count {
      look(frame, place)
      if chosen < 0, states[place].isLive, sources[place].takes.map({ frame[$0] }) ?? true { chosen = place }
      place &+= 1
    }
    decideArming(frame)
    decideStage(frame, chosen)
    move(frame, chosen, seconds)
  }

  /// Sees whether a source is there.
  private func look(_ frame: Frame, _ place: Int) {
    var state = states[place]
    let count = frame[sources[place].count]
    guard frame[sources[place].good] else {
      states[place] = State(count: count)
      return
    }
    state.frames = min(state.frames &+ min(count &- state.count, framesToReturn), framesToReturn)
    state.count = count
    state.isLive = state.frames >= framesToReturn
    states[place] = state
  }

  private mutating func decideArming(_ frame: Frame) {
    var isWanted = frame[arm]
    var isNotLow = false
    var mayArm = true
    var place = 0
    while place < sources.count {
      if states[place].isLive, let request = sources[place].arm {
        if frame[request] {
          if states[place].wasOff {
            let isLow = sources[place].low.map { frame[$0] } ?? true
            if isWanted || !isLow || !mayArm {
              isNotLow = isNotLow || (!isWanted && !isLow)
            } else {
              (isWanted, owner) = (true, place)
            }
          }
          (states[place].wasOff, states[place].wasOn) = (false, true)
        } else {
          if isWanted, owner == place || states[place].wasOn { (isWanted, owner) = (false, -1) }
          (states[place].wasOff, states[place].wasOn) = (true, false)
        }
        // Nobody arms what a source that comes before them keeps disarmed.
        if !frame[request] { mayArm = false }
      }
      place &+= 1
    }
    frame[arm] = isWanted
    // Stays until the request is taken back.
    frame[notLow] = !isWanted && (isNotLow || (frame[notLow] && isAsked(frame)))
  }

  private func isAsked(_ frame: Frame) -> Bool {
    var place = 0
    while place < sources.count {
      if states[place].isLive, let request = sources[place].arm, frame[request] { return true }
      place &+= 1
    }
    return false
  }

  private mutating func decideStage(_ frame: Frame, _ chosen: Int) {
    let now = frame[time]
    if chosen >= 0 { lastLive = now }
    frame[source] = UInt8(truncatingIfNeeded: chosen &+ 1)
    let isHeld = lastLive.map { now &- $0 <= hold } ?? false
    frame[lost] = chosen < 0 && frame[arm] && !isHeld
    frame[stage] = chosen >= 0 ? 1 : !frame[arm] ? 0 : isHeld ? 2 : 3
  }

  private func move(_ frame: Frame, _ chosen: Int, _ seconds: Float) {
    let stays = frame[stage] == 2
    var place = 0
    while place < commands.count {
      let command = commands[place]
      let current = frame[command.output]
      var target = frame[lost] ? command.lost : command.standard
      if stays { target = current }
      if chosen >= 0 {
        target = numberInputs[chosen &* commands.count &+ place].map { frame[$0] } ?? command.standard
        // What is no number asks for nothing.
        if !target.isFinite { target = current }
      }
      let most = command.rate * seconds
      frame[command.output] =
        command.rate == .infinity ? target : current + min(max(target - current, -most), most)
      place &+= 1
    }
    place = 0
    while place < flags.count {
      if !stays {
        let input = chosen >= 0 ? flagInputs[chosen &* flags.count &+ place] : nil
        frame[flags[place]] = input.map { frame[$0] } ?? false
      }
      place &+= 1
    }
  }
}
