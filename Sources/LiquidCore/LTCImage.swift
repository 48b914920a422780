/// The synapses of an LTC cell from one kind of source: its inputs, or its own neurons.
///
/// They are listed by destination. Neuron i has those from `firsts[i]` to before `firsts[i + 1]`, both multiples of
/// `Arithmetic.synapseGroup`; what is left over in a group has conductance 0. A synapse is open by
/// s = σ(slope·p + offset), p the potential of its source, and adds weight·s to the neuron's conductance and current·s,
/// where current is weight·reversal, to its current.
public struct SynapseDescriptor: BitwiseCopyable, Sendable {
  /// Synapses, groups filled up.
  public var count: UInt32 = 0
  /// Offset of `units` + 1 places of type UInt32.
  public var firsts: UInt32 = 0
  /// Offset of `count` sources of type UInt16.
  public var sources: UInt32 = 0
  /// Offsets of `count` numbers each: Float, the bits of a Float16, or Int32.
  public var slopes: UInt32 = 0
  /// Fixed point: with `ImageLayout.synapseFraction` bits behind the point; slopes so that the high word of their
  /// product with a potential has them too.
  public var offsets: UInt32 = 0
  /// Conductances of open synapses. Fixed point: twice that, in the unit of the neuron's conductances.
  public var weights: UInt32 = 0
  /// Their products with the reversal potentials. Fixed point: twice that, in the unit of the neuron's currents.
  public var currents: UInt32 = 0

  /// A descriptor to be filled in.
  public init() {}
}

/// What `CellDescriptor.parameters` leads to in an LTC cell.
public struct LTCDescriptor: BitwiseCopyable, Sendable {
  /// Semi-implicit Euler steps of a network step.
  public var unfolds: UInt32 = 0
  /// Offset of `Arithmetic.neuronArrays` arrays of numbers (Float or Int32) of all neurons, each padded to whole panels.
  public var neurons: UInt32 = 0
  /// Synapses from what the cell reads.
  public var sensory = SynapseDescriptor()
  /// Synapses from the cell's own neurons.
  public var recurrent = SynapseDescriptor()

  /// A descriptor to be filled in.
  public init() {}
}

extension CellDescriptor {
  /// Whether it is an LTC cell.
  ///
  /// Never with `-D LIQUID_CORE_CFC_ONLY`, for a microcontroller whose network has none: its program is then some two KiB
  /// smaller, and refuses an image that has one.
  @inline(__always)
  var isTimeConstant: Bool {
    #if LIQUID_CORE_CFC_ONLY
      false
    #else
      mode == CellMode.ltc.rawValue
    #endif
  }
}

/// An LTC cell in its image.
public struct LTCCell {
  /// Neurons.
  let units: Int
  /// Neurons including padding.
  let paddedUnits: Int
  let descriptor: LTCDescriptor
  let image: UnsafeRawPointer

  /// A cell whose `parameters` have been checked to lie within the image.
  @inline(__always)
  init(_ image: UnsafeRawPointer, _ cell: CellDescriptor) {
    units = Int(cell.units)
    paddedUnits = ImageLayout.padded(units, to: ImageLayout.panelRows)
    descriptor = image.loadUnaligned(fromByteOffset: Int(cell.parameters), as: LTCDescriptor.self)
    self.image = image
  }

  /// Array `index` of the neurons' numbers.
  @inline(__always)
  func neurons<Number>(_ index: Int, _: Number.Type) -> UnsafePointer<Number> {
    (image + Int(descriptor.neurons)).assumingMemoryBound(to: Number.self) + index &* paddedUnits
  }

  /// The places of the synapses of neuron `unit`.
  @inline(__always)
  func places(_ synapses: SynapseDescriptor, _ unit: Int) -> Range<Int> {
    let firsts = (image + Int(synapses.firsts)).assumingMemoryBound(to: UInt32.self)
    return Range(uncheckedBounds: (Int(firsts[unit]), Int(firsts[unit &+ 1])))
  }

  /// Where the sources of synapses are.
  @inline(__always)
  func sources(_ synapses: SynapseDescriptor) -> UnsafePointer<UInt16> {
    (image + Int(synapses.sources)).assumingMemoryBound(to: UInt16.self)
  }
}
