import HardwareInterfaces
import LinuxHardware
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A libgpiod whose chips exist only here.
final class FakeGPIO: GPIOSystem {
  struct State: Sendable {
    /// Chips by the end of their paths, with their lines.
    var chips: [String: (chip: GPIOChip, lines: [GPIOLine])] = [:]
    /// Errors of the next requests, −errno; `nil` succeeds.
    var requestErrors: [Int32?] = []
    var openError: Int32 = 0
    var requested: [(path: String, offsets: [Int], high: UInt64)] = []
    var inputs: [(activeLow: Bool, bias: LineBias, edges: Bool)] = []
  }

  let state: Mutex<State>
  let lines = FakeLines()

  init(_ change: (inout State) -> Void = { _ in }) {
    var state = State()
    change(&state)
    self.state = Mutex(state)
  }

  func with<Result>(_ body: (inout State) -> Result) -> Result { state.withLock { state in body(&state) } }

  var libraryVersion: Int { 2 }

  private func entry(_ path: String) -> (chip: GPIOChip, lines: [GPIOLine])? {
    with { $0.chips.first { path.hasSuffix($0.key) }?.value }
  }

  func chip(_ path: String, error: inout Int32) -> GPIOChip? {
    error = with { $0.openError }
    guard error == 0, var found = entry(path)?.chip else { return nil }
    found.path = path
    return found
  }

  func line(_ path: String, offset: Int, error: inout Int32) -> GPIOLine? {
    guard let lines = entry(path)?.lines, lines.indices.contains(offset) else {
      error = -EINVAL
      return nil
    }
    return lines[offset]
  }

  func requestOutputs(
    _ path: String, offsets: [Int], high: UInt64, error: inout Int32
  ) -> (any GPIOLines)? {
    with { $0.requested.append((path, offsets, high)) }
    return answer(&error)
  }

  func requestInput(
    _ path: String, offset: Int, activeLow: Bool, bias: LineBias, edges: Bool, error: inout Int32
  ) -> (any GPIOLines)? {
    with { $0.inputs.append((activeLow, bias, edges)) }
    return answer(&error)
  }

  private func answer(_ error: inout Int32) -> (any GPIOLines)? {
    error = with { $0.requestErrors.isEmpty ? 0 : ($0.requestErrors.removeFirst() ?? 0) }
    return error == 0 ? lines : nil
  }
}

/// Held lines that remember what was asked of them.
final class FakeLines: GPIOLines {
  struct State: Sendable {
    var levels: [UInt64] = []
    var setResult: Int32 = 0
    var active: Int32 = 0
    var edges: [[LineEdge]] = []
    var readResult: Int32 = 0
  }

  let state = Mutex(State())

  func with<Result>(_ body: (inout State) -> Result) -> Result { state.withLock { state in body(&state) } }

  func set(high: UInt64) -> Int32 {
    with {
      $0.levels.append(high)
      return $0.setResult
    }
  }

  func isActive() -> Int32 { with { $0.active } }

  var edgeDescriptor: Int32 { 7 }

  func readEdges(into edges: inout InlineArray<16, LineEdge>) -> Int32 {
    let (next, result) = with { state -> ([LineEdge], Int32) in
      (state.edges.isEmpty ? [] : state.edges.removeFirst(), state.readResult)
    }
    if result < 0 { return result }
    for (index, edge) in next.enumerated() { edges[index] = edge }
    return Int32(next.count)
  }
}
