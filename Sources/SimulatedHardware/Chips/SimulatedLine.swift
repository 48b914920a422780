import PortableMath

/// A line of the processor that is read, with what hangs at it: a switch, or a wheel's pulses.
///
/// What drives the line is told by the board; its faults come on top of that. Edges are kept with their times until they are taken, as a
/// kernel does.
public final class SimulatedLine: SimulatedChip {
  /// A change of the level.
  public struct Edge: Equatable, Sendable {
    /// When it came, in ns.
    public var time: Int64
    /// Whether the line became active.
    public var becameActive: Bool
  }

  /// Whether the line is active now.
  public private(set) var isActive = false
  /// Edges that nobody has taken yet.
  private var edges: [Edge] = []
  private var lost: UInt32 = 0
  private var isDriven = false
  private var isBounced = false
  private var nextBounce = Int64.max
  /// What drives it over time; of several the last counts.
  private var drivers: [LineDriver] = []

  /// Edges that are kept at most.
  private static let mostEdges = 4096
  /// Shortest and longest time between changes of a contact that bounces, in ns.
  private static let bounce: (least: Double, most: Double) = (200_000, 2_000_000)

  override var possibleFaults: [FaultKind] { FaultKind.allCases.filter { $0 == .off || $0.isOfLines } }

  /// Whether it can be read; it cannot while its chip has gone.
  public var isThere: Bool { !faults.contains(.off) }

  /// Gives the edges that have come since the last call, and how many more there were.
  public func takeEdges(_ body: (Edge) -> Void) -> UInt32 {
    for edge in edges { body(edge) }
    edges.removeAll(keepingCapacity: true)
    defer { lost = 0 }
    return lost
  }

  /// Says what drives the line from outside, from now on.
  func drive(_ active: Bool) {
    isDriven = active
    settle()
  }

  override func take(_ input: PhysicalInput) {
    switch input.quantity {
    case .level, .pulses:
      drivers.append(LineDriver(input, from: now))
      follow()
      // How it is found at the start is no edge.
      if now == 0 { edges.removeAll() }
    default: super.take(input)
    }
  }

  /// Takes the level to which what drives it over time has come.
  private func follow() {
    for index in drivers.indices {
      drivers[index].advance(to: now)
      if let level = drivers[index].level { isDriven = level }
    }
    schedule()
    settle()
  }

  override func faultsHaveChanged() {
    if !faults.contains(.bouncing) {
      (nextBounce, isBounced) = (.max, false)
    } else if nextBounce == .max {
      scheduleBounce()
    }
    schedule()
    settle()
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    if now >= nextBounce {
      isBounced.toggle()
      scheduleBounce()
    }
    follow()
  }

  private func scheduleBounce() {
    nextBounce = now &+ Int64(imperfection.random.nextUniform(Self.bounce.least, Self.bounce.most))
  }

  private func schedule() { nextEvent = drivers.reduce(nextBounce) { min($0, $1.next) } }

  /// Takes the level that follows from what drives the line and from its faults.
  private func settle() {
    let level =
      faults.contains(.stuckActive) || (!faults.contains(.stuckInactive) && isDriven != isBounced)
    guard level != isActive else { return }
    isActive = level
    // Nobody reports the edges of a chip that has gone.
    guard isThere else { return }
    if edges.count < Self.mostEdges {
      edges.append(Edge(time: now, becameActive: level))
    } else {
      lost &+= 1
    }
  }
}
