import HardwareInterfaces

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension LineError {
  /// The error that −errno stands for.
  init(result: Int32) {
    switch -result {
    case ENODEV, ENXIO, ESHUTDOWN, EBADF: self = .gone
    case EBUSY: self = .busy
    default: self = .system(errno: -result)
    }
  }
}

/// A digital output that began at its safe level.
///
/// Any thread may set it: each call is one system call, and the kernel orders them.
public final class OutputLine: DigitalOutput, Sendable {
  /// Where it is.
  public let place: LinePlace
  /// What holds it.
  public let lines: any GPIOLines
  /// The level at which it is active.
  public let activeHigh: Bool
  /// Whether it is active while nobody vouches for the vehicle.
  public let isSafeActive: Bool

  /// Takes a line of `chips`, at its safe level: inactive, unless `isSafeActive`.
  public init(_ place: LinePlace, activeHigh: Bool, isSafeActive: Bool = false, chips: GPIOChips)
    throws(LinuxError)
  {
    var error: Int32 = 0
    guard
      let lines = chips.system.requestOutputs(
        place.chip.path, offsets: [place.offset], high: activeHigh == isSafeActive ? 1 : 0, error: &error)
    else { throw chips.refusal(place, error) }
    (self.place, self.lines, self.activeHigh) = (place, lines, activeHigh)
    self.isSafeActive = isSafeActive
  }

  /// The safe level, as a mask.
  public var safeLevels: UInt64 { activeHigh == isSafeActive ? 1 : 0 }

  /// See `DigitalOutput`.
  public func set(_ active: Bool) throws(LineError) {
    let result = lines.set(high: active == activeHigh ? 1 : 0)
    if result < 0 { throw LineError(result: result) }
  }
}

/// Outputs of one chip that belong together, such as the directions of a motor bridge.
///
/// No chip promises to switch several lines at once, and a bridge with both sides on is a short circuit: lines that
/// go inactive go first (break before make).
public final class OutputGroup {
  private let lines: any GPIOLines
  private let activeHigh: UInt64
  private var active: UInt64 = 0
  /// Where the lines are.
  public let places: [LinePlace]

  /// Takes lines of one chip of `chips`, all inactive; bit i of `activeHigh` says that line i is active at the high
  /// level.
  public init(_ places: [LinePlace], activeHigh: UInt64, chips: GPIOChips) throws(LinuxError) {
    guard let first = places.first, places.count <= 64, places.allSatisfy({ $0.chip == first.chip }) else {
      throw LinuxError(
        "a group of outputs needs 1 to 64 lines of one chip", remedy: "Move its lines to one GPIO chip.")
    }
    var error: Int32 = 0
    guard
      let lines = chips.system.requestOutputs(
        first.chip.path, offsets: places.map(\.offset), high: ~activeHigh & Self.mask(places.count),
        error: &error)
    else { throw chips.refusal(first, error) }
    (self.lines, self.activeHigh, self.places) = (lines, activeHigh, places)
  }

  /// Makes exactly the lines of `wanted` active, a bit for each.
  public func set(_ wanted: UInt64) throws(LineError) {
    let staying = active & wanted
    if staying != active { try drive(staying) }
    if wanted != active { try drive(wanted) }
  }

  private func drive(_ wanted: UInt64) throws(LineError) {
    let result = lines.set(high: ~(wanted ^ activeHigh) & Self.mask(places.count))
    if result < 0 { throw LineError(result: result) }
    active = wanted
  }

  private static func mask(_ count: Int) -> UInt64 { count >= 64 ? .max : (1 << UInt64(count)) - 1 }
}

/// A digital input that, where its chip can, also reports its edges.
public final class InputLine: DigitalInput {
  /// Where it is.
  public let place: LinePlace
  /// Becomes readable with an edge; negative when the chip cannot report edges and the level must be asked for.
  public let edgeDescriptor: Int32
  /// Edges that the kernel dropped before they were read, as far as the library tells (libgpiod 2).
  public private(set) var lostEdges: UInt64 = 0
  /// When the newest edge came, in ns of CLOCK_MONOTONIC; 0 before the first.
  public private(set) var lastEdge: Int64 = 0

  private let lines: any GPIOLines
  private var sequence: UInt32 = 0

  /// Takes a line of `chips`.
  public init(_ place: LinePlace, activeHigh: Bool, bias: LineBias, chips: GPIOChips) throws(LinuxError) {
    var error: Int32 = 0
    self.place = place
    if let lines = chips.system.requestInput(
      place.chip.path, offset: place.offset, activeLow: !activeHigh, bias: bias, edges: true, error: &error)
    {
      self.lines = lines
      edgeDescriptor = lines.edgeDescriptor
      return
    }
    // A chip without interrupts can only be asked.
    guard -error == ENXIO || -error == EOPNOTSUPP || -error == EINVAL,
      let lines = chips.system.requestInput(
        place.chip.path, offset: place.offset, activeLow: !activeHigh, bias: bias, edges: false, error: &error
      )
    else { throw chips.refusal(place, error) }
    self.lines = lines
    edgeDescriptor = -1
  }

  /// See `DigitalInput`.
  public func isActive() throws(LineError) -> Bool {
    let result = lines.isActive()
    if result < 0 { throw LineError(result: result) }
    return result != 0
  }

  /// Takes the edges that have come, once `edgeDescriptor` is readable. Returns whether the line was active at any
  /// moment of them; a gap in their numbers counts as such a moment.
  public func takeEdges() throws(LineError) -> Bool {
    var wasActive = false
    try takeEdges { edge, missing in wasActive = wasActive || edge.becameActive || missing != 0 }
    return wasActive
  }

  /// The same, edge by edge, and how many the kernel dropped in front of each. Returns how many have come, 16 at most.
  @discardableResult
  public func takeEdges(_ body: (_ edge: LineEdge, _ missing: UInt32) -> Void) throws(LineError) -> Int {
    var edges = InlineArray<16, LineEdge>(repeating: LineEdge(time: 0, sequence: 0, becameActive: false))
    let count = lines.readEdges(into: &edges)
    if count < 0 { throw LineError(result: count) }
    for index in 0..<min(Int(count), 16) {
      let edge = edges[index]
      lastEdge = edge.time
      var missing: UInt32 = 0
      // 0 stands for a kernel that does not count, but behind the largest number it is the next.
      if edge.sequence != 0 || sequence == .max {
        missing = edge.sequence &- sequence &- 1
        lostEdges &+= UInt64(missing)
        sequence = edge.sequence
      }
      body(edge, missing)
    }
    return min(Int(count), 16)
  }
}
