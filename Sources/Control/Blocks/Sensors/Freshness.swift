import Signals

/// Whether a device gives young readings without a fault.
struct Freshness: Block {
  static let description = BlockDescription(
    "freshness", about: "Whether a device's newest reading is young enough, and its driver reports no fault.",
    settings: [.number("stale_after", 1e-6...3600, .second, nil, "age from which a reading is stale")])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        .time, InputPort("read_at", .time, unit: .nanosecond, about: "when the newest reading was taken"),
        InputPort("count", .count, unit: nil, about: "how many there were"),
        InputPort("fault", .deviceFault, unit: nil),
        InputPort(
          "present", .flag, unit: nil, count: 0...1, about: "unset in a recording that lacks the device"),
      ],
      outputs: OutputPort.flags("missing", "good", isLogged: false), invalidity: .goesOn)
  }

  private let time, readAt: Input<Int64>
  private let count: Input<UInt32>
  private let fault: Input<UInt8>
  private let present: Input<Bool>?
  private let missing, good: Output<Bool>
  private let limit: Int64

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (time, readAt) = (wiring.input("time"), wiring.input("read_at"))
    (count, fault) = (wiring.input("count"), wiring.input("fault"))
    present = wiring.optionalInput("present")
    (missing, good) = (wiring.output("missing"), wiring.output("good"))
    limit = Int64((settings.number("stale_after") * 1e9).rounded())
  }

  mutating func step(_ frame: Frame) {
    let isPresent = present.map { frame[$0] } ?? true
    let isOld = frame[count] == 0 || frame[time] &- frame[readAt] > limit
    frame[missing] = isPresent && isOld
    frame[good] = isPresent && !isOld && frame[fault] == 0
  }
}
