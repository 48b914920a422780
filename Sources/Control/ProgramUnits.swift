import Signals

extension ProgramBuilder {
  /// Adds what blocks write to `written`, with units that follow from those of what they read. Blocks may read the tick before of
  /// later ones: as many rounds as there are blocks find every unit that can be found.
  mutating func deriveUnits(_ planned: inout [Planned], _ written: inout Written) {
    for place in planned.indices { planned[place].units = planned[place].ports.outputs.map { _ in nil } }
    var (isNew, rounds) = (true, 0)
    while isNew, rounds <= planned.count {
      (isNew, rounds) = (false, rounds + 1)
      for place in planned.indices {
        for (index, port) in planned[place].ports.outputs.enumerated()
        where planned[place].units[index] == nil {
          guard let unit = Self.unit(of: port, planned[place], written) else { continue }
          isNew = true
          planned[place].units[index] = unit
          let signal = Self.signal(port, unit: unit, of: planned[place])
          if written[signal.name] == nil { written[signal.name] = (signal, place) }
        }
      }
    }
    for place in planned.indices {
      for (port, unit) in zip(planned[place].ports.outputs, planned[place].units) where unit == nil {
        // What its inputs lack is said of them; only a circle of units is a fault of its own.
        let signal = Self.signal(port, unit: .none, of: planned[place])
        if written[signal.name] == nil { written[signal.name] = (signal, place) }
      }
    }
    for block in planned {
      for (port, unit) in zip(block.ports.outputs, block.units) where unit == nil {
        if block.reads.allSatisfy({ !$0.isEmpty && $0.allSatisfy { written[$0.name] != nil } }) {
          if case .root(let input) = port.unit, let of = Self.first(input, block, written) {
            complain(block.declaration, .noRoot(input, of))
          } else {
            complain(block.declaration, .noUnit(port.name))
          }
        }
      }
    }
  }

  /// The units of what an input reads, as far as they are known.
  private static func units(_ input: String, _ block: Planned, _ written: Written) -> [Unit?] {
    guard let place = block.ports.inputs.firstIndex(where: { $0.name == input }) else { return [] }
    return block.reads[place].map { written[$0.name]?.signal.unit }
  }

  /// Of several that must have one unit, the first that is known says which.
  private static func first(_ input: String, _ block: Planned, _ written: Written) -> Unit? {
    units(input, block, written).compactMap(\.self).first
  }

  /// The unit of an output; `nil` while that of an input is not known.
  private static func unit(of port: OutputPort, _ block: Planned, _ written: Written) -> Unit? {
    func units(_ input: String) -> [Unit?] { Self.units(input, block, written) }
    func first(_ input: String) -> Unit? { Self.first(input, block, written) }
    return switch port.unit {
    case .fixed(let unit): unit
    case .like(let input): first(input)
    case .rate(let input): first(input).map { $0 / .second }
    case .integral(let input): first(input).map { $0 * .second }
    case .element(let input, let place): units(input).dropFirst(place).first ?? nil
    case .product(let input):
      units(input).reduce(Unit?.some(.none)) { product, unit in
        product.flatMap { product in unit.map { product * $0 } }
      }
    case .root(let input): first(input)?.squareRoot
    }
  }

  func isLike(_ input: String, in ports: BlockPorts) -> Bool {
    ports.outputs.contains {
      switch $0.unit {
      case .like(let name), .rate(let name), .integral(let name): name == input
      case .fixed, .product, .element, .root: false
      }
    }
  }
}
