import LiquidCore

/// The caller's arrays of many steps, looked at as a whole: every number in them can be run.
struct Rows {
  /// Steps.
  let count: Int
  /// The elapsed time of each.
  let ts: UnsafeBufferPointer<Float>
  private let width: Int
  private let inputs: UnsafeBufferPointer<Float>

  init(count: Int, width: Int, inputs: UnsafePointer<Float>?, inputCount: Int, ts: UnsafePointer<Float>?)
    throws(Refusal)
  {
    let needed = try Self.elements(count, width, "inputs", found: inputCount)
    (self.count, self.width) = (count, width)
    guard count > 0 else {
      self.inputs = UnsafeBufferPointer(start: nil, count: 0)
      self.ts = UnsafeBufferPointer(start: nil, count: 0)
      return
    }
    self.inputs = try array(inputs, inputCount, "inputs", expected: needed)
    self.ts = try array(ts, count, "ts", expected: count)
    for row in 0..<count { try check(self.inputs(row), self.ts[row], row: row) }
  }

  /// The inputs of a step.
  func inputs(_ row: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(rebasing: inputs[row * width..<(row + 1) * width])
  }

  /// `rows` · `width`, when that is how many elements were `found` and memory can hold them.
  static func elements(_ rows: Int, _ width: Int, _ name: StaticString, found: Int) throws(Refusal) -> Int {
    let (needed, overflow) = rows.multipliedReportingOverflow(by: width)
    guard rows >= 0, !overflow else { throw .length("rows", found: rows, expected: 0) }
    guard found == needed else { throw .length(name, found: found, expected: needed) }
    return needed
  }
}

/// Refuses what `NetworkRuntime.step` would.
func check(_ inputs: UnsafeBufferPointer<Float>, _ ts: Float, row: Int?) throws(Refusal) {
  guard ts.isFinite, ts >= 0 else { throw .network(.elapsedTime(ts), row: row) }
  for index in inputs.indices where !inputs[index].isFinite {
    throw .network(.nonFiniteInput(index), row: row)
  }
}
