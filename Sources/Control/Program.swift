import Signals

/// The tick of a vehicle: its blocks in their order, over one frame.
///
/// `step` is a pure function of the blocks' states and the frame: it looks at no clock, file or bus, takes no heap block and never
/// waits. That is what makes a log replay bit for bit.
public struct Program: ~Copyable {
  /// The signals, and where they lie.
  public let table: SignalTable
  private let memory: FrameMemory
  private let rows: UnsafeMutablePointer<Row>
  private let count: Int
  /// Keeps the states' memory. Not looked at in a step.
  private let arena: Arena
  private let tick: SignalIndex<UInt64>

  /// A block in the program.
  struct Row {
    /// A trivial value: nothing is counted. The one call through it is the tick's one indirect call.
    var type: any (Steppable & ~Copyable).Type
    var state: UnsafeMutableRawPointer
    /// Every how many ticks it runs, and the number of the tick from which on it is due. Numbers skip where ticks are missed,
    /// so that a remainder would lose steps.
    var divisor: UInt64
    var due: UInt64
    var invalidity: Invalidity
    /// The flags of what it reads.
    var flags: UnsafeBufferPointer<UInt32>
    /// Its own flag; `nil` when its outputs are always valid.
    var valid: UInt32?
  }

  init(_ table: SignalTable, rows: [Row], arena: Arena, tick: SignalIndex<UInt64>) {
    self.table = table
    memory = FrameMemory(table)
    self.rows = .allocate(capacity: max(rows.count, 1))
    self.rows.initialize(from: rows, count: rows.count)
    (count, self.arena, self.tick) = (rows.count, arena, tick)
  }

  deinit {
    for index in (0..<count).reversed() { rows[index].type.destroy(rows[index].state) }
    rows.deallocate()
  }

  /// The values: what comes from outside is put here before a step, what was decided is taken from here behind it.
  public var frame: Frame { memory.frame }

  /// Moves on by one tick.
  @inline(never)
  public mutating func step() {
    let frame = memory.frame
    let number = frame[tick]
    var index = 0
    while index < count {
      Self.run(rows + index, frame, number)
      index &+= 1
    }
  }

  /// Runs a row, if it is due and what it reads lets it.
  @inline(__always)
  private static func run(_ row: UnsafeMutablePointer<Row>, _ frame: Frame, _ number: UInt64) {
    var isValid: UInt8 = 1
    for flag in row.pointee.flags {
      if frame.base.load(fromByteOffset: Int(flag), as: UInt8.self) == 0 { isValid = 0 }
    }
    if row.pointee.divisor > 1 {
      guard number >= row.pointee.due else {
        if isValid == 0, row.pointee.invalidity != .decides, let valid = row.pointee.valid {
          frame.base.storeBytes(of: 0, toByteOffset: Int(valid), as: UInt8.self)
        }
        return
      }
      let late = (number &- row.pointee.due) % row.pointee.divisor
      row.pointee.due = number &- late &+ row.pointee.divisor
    }
    if let valid = row.pointee.valid {
      frame.base.storeBytes(of: isValid, toByteOffset: Int(valid), as: UInt8.self)
    }
    if isValid != 0 || row.pointee.invalidity != .holds { row.pointee.type.run(row.pointee.state, frame) }
  }
}
