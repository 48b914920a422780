import Signals

/// The mixer of a multirotor of any geometry, and each rotor's thrust changes only so fast.
///
/// When a rotor would leave its range, authority is given up in the order of what keeps the vehicle in the air: first yaw, then the wanted
/// collective thrust, at last roll and pitch, in proportion. While the vehicle is armed and no controller acts, the rotors idle; while
/// it is disarmed they stand.
struct RotorMixer: Block {
  static let description = BlockDescription(
    "rotor_mixer", about: "Thrust and torques to the rotors of a multirotor of any geometry.",
    settings: [
      SettingDescription(
        "rotors", .names(count: 4...8), about: "names of the rotors, which its outputs have"),
      column("thrust_shares", "thrust"), column("roll_shares", "roll"), column("pitch_shares", "pitch"),
      column("yaw_shares", "yaw"),
      .number("idle", 0...0.5, .none, nil, "smallest thrust of a rotor while armed, of full thrust"),
      .number("slew", 0...1e6, .none / .second, nil, "largest change of a thrust"),
    ])

  private static func column(_ name: String, _ words: String) -> SettingDescription {
    SettingDescription(
      name, .numbers(-1...1, count: 4...8, unit: .none),
      about: "what each rotor gets of a command of 1 of \(words), of full thrust"
    ).counted(by: "rotors")
  }

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.numbers(
        .none,
        [
          "thrust": "command.thrust", "roll": "command.roll", "pitch": "command.pitch", "yaw": "command.yaw",
        ])
        + [
          InputPort("acts", .flag, unit: nil, standard: "phase.flying"),
          InputPort("armed", .flag, unit: nil, standard: "safety.armed"),
          InputPort("arms", .flag, unit: nil, standard: "safety.arms"), .elapsed,
        ],
      outputs: settings.names("rotors").map { .command($0, about: "of full thrust") },
      invalidity: .goesOn)
  }

  private let thrust, roll, pitch, yaw: Input<Float>
  private let acts, armed, arms: Input<Bool>
  private let elapsed: Input<Int64>
  private let rotors: UnsafeBufferPointer<Output<Float>>
  private let idle, slew: Float
  private var shares: MatrixShares

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (thrust, roll) = (wiring.input("thrust"), wiring.input("roll"))
    (pitch, yaw) = (wiring.input("pitch"), wiring.input("yaw"))
    (acts, armed) = (wiring.input("acts"), wiring.input("armed"))
    (arms, elapsed) = (wiring.input("arms"), wiring.input("elapsed"))
    var outputs: [Output<Float>] = []
    for name in settings.names("rotors") { outputs.append(wiring.output(name)) }
    rotors = wiring.table(outputs)
    (idle, slew) = (settings.float("idle"), settings.float("slew"))
    var matrix: [Float] = []
    // In the order in which they may be cut, the last first.
    for axis in ["roll", "pitch", "thrust", "yaw"] {
      for number in settings.numbers("\(axis)_shares") { matrix.append(Float(number)) }
    }
    while matrix.count < 4 * outputs.count { matrix.append(0) }
    shares = MatrixShares(wiring.table(matrix), outputs: outputs.count, least: idle, most: 1)
  }

  mutating func step(_ frame: Frame) {
    guard frame[armed] else { return stand(frame) }
    if frame[arms] { stand(frame) }
    let isActing = frame[acts]
    if isActing {
      // What is not a number keeps the rotors where they are.
      guard frame[thrust].isFinite, frame[roll].isFinite, frame[pitch].isFinite, frame[yaw].isFinite else {
        return
      }
      shares.begin()
      shares.add(0, frame[roll])
      shares.add(1, frame[pitch])
      shares.shift(by: 2, frame[thrust])
      shares.fit(3, frame[yaw])
    }
    let seconds = Float(frame[elapsed]) * 1e-9
    let step = seconds > 0 ? slew * seconds : 0
    var rotor = 0
    while rotor < rotors.count {
      let wanted = isActing ? shares[rotor] : idle
      let change = wanted - frame[rotors[rotor]]
      if change.magnitude <= step {
        // Not by adding the change, which rounding could carry beyond the bounds.
        frame[rotors[rotor]] = wanted
      } else if !change.isNaN {
        frame[rotors[rotor]] += change > 0 ? step : -step
      }
      rotor &+= 1
    }
  }

  private func stand(_ frame: Frame) {
    var rotor = 0
    while rotor < rotors.count {
      frame[rotors[rotor]] = 0
      rotor &+= 1
    }
  }
}
