import HardwareInterfaces

/// A digital output of the controller on a simulated board.
public struct SimulatedOutput: DigitalOutput, ~Copyable {
  private let board: SimulatedBoard
  private let line: Int

  init(board: SimulatedBoard, line: Int) {
    (self.board, self.line) = (board, line)
  }

  /// Drives the line; never fails.
  public mutating func set(_ active: Bool) throws(LineError) {
    board.setLevel(active, ofLine: line)
  }
}

/// A digital input of the controller on a simulated board.
public struct SimulatedInput: DigitalInput, ~Copyable {
  private let board: SimulatedBoard
  private let line: Int

  init(board: SimulatedBoard, line: Int) {
    (self.board, self.line) = (board, line)
  }

  /// The level now; never fails.
  public mutating func isActive() throws(LineError) -> Bool {
    board.level(ofLine: line)
  }
}

/// A pulse output of the controller on a simulated board.
public struct SimulatedPulseOutput: PulseOutput, ~Copyable {
  private let board: SimulatedBoard
  private let output: Int

  init(board: SimulatedBoard, output: Int) {
    (self.board, self.output) = (board, output)
  }

  /// Makes the pulses `microseconds` long; never fails.
  public mutating func set(microseconds: Float) throws(LineError) {
    board.setWidth(Double(microseconds), ofOutput: output)
  }
}
