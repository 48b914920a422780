/// What a bridge finds on its bus and at its pins.
protocol BridgeSurroundings {
  /// START, address and `bytes`, STOP; `nil` when all went well.
  mutating func write(_ bytes: [UInt8], to address: UInt8) -> CP2112Failure?
  /// START, `written` if there is any, then a read of `count` bytes into `bytes`; `nil` when all went well.
  mutating func read(
    _ count: Int, after written: [UInt8], from address: UInt8, into bytes: inout [UInt8]
  ) -> CP2112Failure?
  /// The levels that the surroundings put on pins which are inputs, a bit for each.
  var inputLevels: UInt8 { get }
  /// The pins that are outputs now, and their levels.
  mutating func outputsChanged(isOutput: UInt8, levels: UInt8)
}

/// A Silicon Labs CP2112, the bridge from USB to I2C and eight lines, as its reports show it (AN495).
///
/// A pin that is an input, or that has lost its supply, is at the level that its surroundings give it. Latches begin low:
/// a real CP2112 can be programmed otherwise, and what happens at power-on must be settled by a resistor.
struct CP2112Bridge<Surroundings: BridgeSurroundings> {
  /// What is on the bus and at the pins.
  var surroundings: Surroundings
  /// Faults to come.
  var faults = BridgeFaults()
  /// Reports that no CP2112 would act upon.
  private(set) var malformedReports = 0
  /// Transfers that were asked for.
  private(set) var transfers: UInt64 = 0

  private var status = CP2112Status.idle
  private var isMute = false
  private var data: [UInt8] = []
  private var isOutput: UInt8 = 0
  private var latches: UInt8 = 0
  private var pinModes: (pushPull: UInt8, special: UInt8, divider: UInt8) = (0, 0, 0)
  /// 100 kHz, address 0x02, no automatic sending, no timeouts, no retries: the values of a new part.
  private var busConfiguration: [UInt8] = [0, 0x01, 0x86, 0xA0, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  /// Levels of all pins now.
  var pinLevels: UInt8 { latches & isOutput | surroundings.inputLevels & ~isOutput }

  /// The plug is pulled: what was set is forgotten, and every pin floats.
  mutating func loseSupply() {
    (status, data, isMute) = (.idle, [], false)
    (isOutput, latches, pinModes) = (0, 0, (0, 0, 0))
    surroundings.outputsChanged(isOutput: 0, levels: 0)
  }

  // MARK: - Feature reports

  /// The feature report of that number, its number first; `nil` when there is none.
  func feature(_ number: UInt8) -> [UInt8]? {
    switch number {
    case CP2112Report.gpioConfiguration:
      [number, isOutput, pinModes.pushPull, pinModes.special, pinModes.divider]
    case CP2112Report.gpioGet: [number, pinLevels]
    // Part 0x0C is the CP2112; from device version 2 on it makes repeated starts.
    case CP2112Report.version: [number, 0x0C, 0x03]
    case CP2112Report.smbusConfiguration: [number] + busConfiguration
    case CP2112Report.lock: [number, 0xFF]
    default: nil
    }
  }

  /// Takes a feature report, its number first. Returns whether there is such a one.
  mutating func setFeature(_ report: [UInt8]) -> Bool {
    switch (report.first, report.count) {
    case (CP2112Report.gpioConfiguration, 5...):
      isOutput = report[1]
      pinModes = (report[2], report[3], report[4])
    case (CP2112Report.gpioSet, 3...):
      latches = latches & ~report[2] | report[1] & report[2]
    case (CP2112Report.smbusConfiguration, 14...):
      busConfiguration = Array(report[1..<14])
      return true
    default:
      malformedReports += 1
      return false
    }
    surroundings.outputsChanged(isOutput: isOutput, levels: latches & isOutput)
    return true
  }

  // MARK: - Transfers

  /// Takes an output report, its number first. Returns the input report that answers it, if one does.
  mutating func output(_ report: [UInt8]) -> [UInt8]? {
    guard let request = CP2112Request(report) else {
      malformedReports += 1
      return nil
    }
    switch request {
    case .write(let address, let bytes):
      begin(address) { $0.write(bytes, to: address).map { .failed($0) } ?? .complete(bytes.count) }
    case .read(let address, let count):
      read(count, after: [], from: address)
    case .writeRead(let address, let written, let count):
      read(count, after: written, from: address)
    case .status:
      guard !isMute else { return nil }
      let answer = status.report
      if status != .busy { status = .idle }
      return answer
    case .sendRead(let count):
      return send(count)
    case .cancel:
      status = .idle
      isMute = false
      data = []
    }
    return nil
  }

  private mutating func read(_ count: Int, after written: [UInt8], from address: UInt8) {
    var bytes: [UInt8] = []
    begin(address) {
      let failure = $0.read(count, after: written, from: address, into: &bytes)
      return failure.map { .failed($0) } ?? .complete(count)
    }
    guard case .complete = status else { return }
    data = bytes
  }

  /// Makes a transfer, unless a fault takes its place.
  private mutating func begin(_ address: UInt8, _ transfer: (inout Surroundings) -> CP2112Status) {
    transfers &+= 1
    data = []
    let fault = faults.take(address)
    isMute = fault == .mute
    switch fault {
    case nil: status = transfer(&surroundings)
    case .hang, .mute: status = .busy
    case .failure(let failure): status = .failed(failure)
    case .shortRead:
      status = transfer(&surroundings)
      if case .complete = status { status = .failed(.readIncomplete) }
    }
  }

  /// Up to 61 bytes of what was read.
  private mutating func send(_ count: Int) -> [UInt8] {
    let sent = data.prefix(min(count, CP2112Request.largestWrite))
    data.removeFirst(sent.count)
    var report = [CP2112Report.readResponse, data.isEmpty ? 2 : 1, UInt8(sent.count)]
    report += sent
    return report + [UInt8](repeating: 0, count: 64 - report.count)
  }
}
