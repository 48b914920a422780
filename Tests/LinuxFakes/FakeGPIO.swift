import HardwareInterfaces
import LinuxHardware
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A libgpiod whose chips exist only here.
package final class FakeGPIO: GPIOSystem {
  package struct State: Sendable {
    /// Chips by the end of their paths, with their lines.
    package var chips: [String: (chip: GPIOChip, lines: [GPIOLine])] = [:]
    /// Errors of the next requests, −errno; `nil` succeeds.
    package var requestErrors: [Int32?] = []
    package var openError: Int32 = 0
    package var requested: [(path: String, offsets: [Int], high: UInt64)] = []
    package var inputs: [(activeLow: Bool, bias: LineBias, edges: Bool)] = []
    /// Lines of their own, by offset; every other request gets `lines`.
    package var ownLines: [Int: FakeLines] = [:]
  }

  package let state: Mutex<State>
  package let lines = FakeLines()

  package init(_ change: (inout State) -> Void = { _ in }) {
    var state = State()
    change(&state)
    self.state = Mutex(state)
  }

  package func with<Result>(_ body: (inout State) -> Result) -> Result {
    state.withLock { state in body(&state) }
  }

  package var libraryVersion: Int { 2 }

  private func entry(_ path: String) -> (chip: GPIOChip, lines: [GPIOLine])? {
    with { $0.chips.first { path.hasSuffix($0.key) }?.value }
  }

  package func chip(_ path: String, error: inout Int32) -> GPIOChip? {
    error = with { $0.openError }
    guard error == 0, var found = entry(path)?.chip else { return nil }
    found.path = path
    return found
  }

  package func line(_ path: String, offset: Int, error: inout Int32) -> GPIOLine? {
    guard let lines = entry(path)?.lines, lines.indices.contains(offset) else {
      error = -EINVAL
      return nil
    }
    return lines[offset]
  }

  package func requestOutputs(
    _ path: String, offsets: [Int], high: UInt64, error: inout Int32
  ) -> (any GPIOLines)? {
    with { $0.requested.append((path, offsets, high)) }
    return answer(offsets.first, &error)
  }

  package func requestInput(
    _ path: String, offset: Int, activeLow: Bool, bias: LineBias, edges: Bool, error: inout Int32
  ) -> (any GPIOLines)? {
    with { $0.inputs.append((activeLow, bias, edges)) }
    return answer(offset, &error)
  }

  private func answer(_ offset: Int?, _ error: inout Int32) -> (any GPIOLines)? {
    error = with { $0.requestErrors.isEmpty ? 0 : ($0.requestErrors.removeFirst() ?? 0) }
    return error == 0 ? with { state in offset.flatMap { state.ownLines[$0] } } ?? lines : nil
  }
}

/// Held lines that remember what was asked of them.
package final class FakeLines: GPIOLines {
  package struct State: Sendable {
    package var levels: [UInt64] = []
    package var setResult: Int32 = 0
    package var active: Int32 = 0
    package var edges: [[LineEdge]] = []
    package var readResult: Int32 = 0
    /// What becomes readable with an edge; the test makes it so.
    package var descriptor: Int32 = 7
    /// Called with each level that is set, and before each answer to what the level is; it may hang.
    package var onSet: (@Sendable (UInt64) -> Void)?
    package var onRead: (@Sendable () -> Void)?
    /// Called before each answer to which edges have come.
    package var onEdges: (@Sendable () -> Void)?
  }

  package let state = Mutex(State())

  package init() {}

  package func with<Result>(_ body: (inout State) -> Result) -> Result {
    state.withLock { state in body(&state) }
  }

  package func set(high: UInt64) -> Int32 {
    let (result, onSet) = with {
      $0.levels.append(high)
      return ($0.setResult, $0.onSet)
    }
    onSet?(high)
    return result
  }

  package func isActive() -> Int32 {
    with { $0.onRead }?()
    return with { $0.active }
  }

  package var edgeDescriptor: Int32 { with { $0.descriptor } }

  package func readEdges(into edges: inout InlineArray<16, LineEdge>) -> Int32 {
    with { $0.onEdges }?()
    let (next, result) = with { state -> ([LineEdge], Int32) in
      (state.edges.isEmpty ? [] : state.edges.removeFirst(), state.readResult)
    }
    if result < 0 { return result }
    for (index, edge) in next.enumerated() { edges[index] = edge }
    return Int32(next.count)
  }
}
