import HardwareInterfaces

/// The digital lines and pulse outputs of a board, by name: one that is named for the first time is inactive, or gives
/// no pulses.
struct BoardLines {
  private var names: [String] = []
  private var levels: [Bool] = []
  private var outputNames: [String] = []
  private var widths: [Double] = []

  /// The index of a line.
  mutating func line(_ name: String) -> Int {
    if let index = names.firstIndex(of: name) { return index }
    names.append(name)
    levels.append(false)
    return names.count - 1
  }

  /// The index of a pulse output.
  mutating func output(_ name: String) -> Int {
    if let index = outputNames.firstIndex(of: name) { return index }
    outputNames.append(name)
    widths.append(0)
    return outputNames.count - 1
  }

  subscript(line line: Int) -> Bool {
    get { levels[line] }
    set { levels[line] = newValue }
  }

  /// Pulse width in µs; 0 for none.
  subscript(output output: Int) -> Double {
    get { widths[output] }
    set { widths[output] = newValue > 0 ? newValue : 0 }
  }
}

extension SimulatedBoard {
  /// The line of that name as an output of the controller.
  public func output(_ name: String) -> SimulatedOutput {
    SimulatedOutput(board: self, line: lines.line(name))
  }

  /// The line of that name as an input of the controller.
  public func input(_ name: String) -> SimulatedInput { SimulatedInput(board: self, line: lines.line(name)) }

  /// The pulse output of that name.
  public func pulseOutput(_ name: String) -> SimulatedPulseOutput {
    SimulatedPulseOutput(board: self, output: lines.output(name))
  }

  /// Whether the line is at its active level.
  public func isActive(_ name: String) -> Bool { lines[line: lines.line(name)] }

  /// Drives a line from outside, as a switch or another board would.
  public func drive(_ name: String, active: Bool) { setLevel(active, ofLine: lines.line(name)) }

  func level(ofLine index: Int) -> Bool { lines[line: index] }

  func setLevel(_ active: Bool, ofLine index: Int) {
    lines[line: index] = active
    tellInputs(of: index)
    if active { resetChips(at: index) }
  }

  func setWidth(_ microseconds: Double, ofOutput index: Int) { lines[output: index] = microseconds }

  /// Whether the enable line lets the actuators move.
  public var outputsEnabled: Bool {
    guard let enableIndex else { return true }
    return lines[line: enableIndex]
  }

  /// Width in µs of the pulses that reach an actuator, or `nil` while none do: the channel is off, or the
  /// enable line is not active.
  public func pulseWidth(_ chip: SimulatedPCA9685, channel: Int) -> Double? {
    outputsEnabled ? chip.pulseWidth(channel) : nil
  }

  /// Width in µs of the pulses of one of the processor's outputs; 0 for none.
  public func width(ofPulses name: String) -> Double { lines[output: lines.output(name)] }

  /// What bridge 0 or 1 of `chip` does, by the levels of its lines now; open for a bridge that is not wired. Its pulses are as wide as
  /// those of the output that it is wired to, or `width` µs where something else makes them.
  public func drive(_ chip: SimulatedTB6612, bridge: Int, width: Double? = nil) -> SimulatedTB6612.Drive {
    guard chip.wiring.indices.contains(bridge) else { return .open }
    let wiring = chip.wiring[bridge]
    return chip.drive(
      bridge, standby: chip.standby.map(isActive) ?? true, forward: isActive(wiring.forward),
      reverse: isActive(wiring.reverse), width: width ?? self.width(ofPulses: wiring.pulses))
  }
}
