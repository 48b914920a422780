import HardwareInterfaces

/// An I2C bus of a simulated board.
///
/// A transfer happens at the board's time and then occupies the bus for as long as its bits take: nine per
/// byte, and one each for START, repeated START and STOP. `busyUntil` is when the next may begin.
public struct SimulatedI2CBus: I2CBus, ~Copyable {
  private let board: SimulatedBoard
  private let number: Int
  /// Duration of one bit in ns.
  private let bitTime: Int64
  /// When the last transfer is over.
  public private(set) var busyUntil = MonotonicTime.zero
  /// Time spent on transfers so far, in ns.
  public private(set) var busyNanoseconds: Int64 = 0
  /// Transfers so far, failed ones included.
  public private(set) var transfers: UInt64 = 0

  init(board: SimulatedBoard, number: Int, bitRate: Int) {
    self.board = board
    self.number = number
    bitTime = 1_000_000_000 / Int64(max(1_000, min(bitRate, 5_000_000)))
  }

  /// See `I2CBus`.
  public mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    let chip = try begin(address)
    board.write(bytes, toChip: chip)
    occupy(bits: 9 * (1 + bytes.count) + 2)
  }

  /// See `I2CBus`.
  public mutating func read(
    from address: UInt8, into buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    let chip = try begin(address)
    board.read(fromChip: chip, into: &buffer)
    occupy(bits: 9 * (1 + buffer.count) + 2)
  }

  /// See `I2CBus`.
  @_lifetime(buffer: copy buffer)
  public mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    let chip = try begin(address)
    board.write(bytes, toChip: chip)
    board.read(fromChip: chip, into: &buffer)
    occupy(bits: 9 * (2 + bytes.count + buffer.count) + 3)
  }

  private mutating func begin(_ address: UInt8) throws(BusError) -> Int {
    do throws(BusError) {
      return try board.select(bus: number, address: address)
    } catch {
      occupy(bits: 9 + 2)
      throw error
    }
  }

  private mutating func occupy(bits: Int) {
    let duration = Int64(truncatingIfNeeded: bits) &* bitTime
    busyUntil = max(busyUntil, board.now).advanced(nanoseconds: duration)
    busyNanoseconds &+= duration
    transfers &+= 1
  }
}
