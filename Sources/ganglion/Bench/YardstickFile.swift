import LiquidModel

extension NetworkModel {
  /// The network as `scripts/bench/yardstick.c` reads it, in this machine's byte order.
  ///
  /// - Throws: `CommandFailure` for a network that the yardstick does not compute: it knows mode default with heads of
  ///   tanh, at most one backbone layer, of lecun_tanh, and neither memory nor projection.
  func yardstickFile() throws(CommandFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    func add<Value>(_ value: Value) {
      withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }
    func add(_ values: [Float]) {
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    for count in [inputs.count, outputs.count, cells.count] { add(Int32(count)) }
    for cell in cells {
      guard let cell = cell.cfc, let ff2 = cell.ff2, let timeA = cell.timeA, let timeB = cell.timeB,
        cell.mode == .default,
        cell.headActivation == .tanh, cell.backbone.count <= 1,
        cell.backbone.isEmpty || cell.backboneActivation == .lecunTanh, memory == nil, projection == nil
      else { throw CommandFailure("the yardstick does not compute networks like this one") }
      add(Int32(cell.units))
      add(Int32(cell.backbone.first?.rows ?? 0))
      for layer in cell.backbone {
        add(layer.weights)
        add(layer.bias)
      }
      let heads = [cell.ff1, ff2, timeA, timeB]
      for head in heads { add(head.weights) }
      for head in heads { add(head.bias) }
    }
    return bytes
  }
}
