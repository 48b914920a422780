import CGanglion
import LiquidModel

/// The texts and arrays that a `ganglion_description` points to.
struct Description: ~Copyable {
  private let inputs, outputs: Ports
  private let arithmetic, kernel, flavour: CText
  private let inputScales, outputScales: UnsafeMutableBufferPointer<Float>?
  private let values: ganglion_description

  init(_ file: ModelFile, _ runtime: borrowing NetworkRuntime) {
    inputs = Ports(file.inputs)
    outputs = Ports(file.outputs)
    arithmetic = CText(file.arithmetic.rawValue)
    kernel = CText("\(runtime.kernel.name)")
    flavour = CText(file.flavour)
    inputScales = Self.copy(runtime.inputScales)
    outputScales = Self.copy(runtime.outputScales)
    let elapsed = runtime.elapsedFormat
    values = ganglion_description(
      input_count: runtime.inputCount, output_count: runtime.outputCount, inputs: inputs.start,
      outputs: outputs.start, neuron_count: file.architecture.neurons,
      state_size: runtime.stateByteCount, parameter_size: runtime.imageByteCount,
      workspace_size: runtime.workspaceByteCount, arithmetic: arithmetic.start, kernel: kernel.start,
      flavour: flavour.start, time_unit: file.timeUnit, minimum_ts: file.minimumTs,
      maximum_ts: file.maximumTs, input_scales: inputScales.flatMap { UnsafePointer($0.baseAddress) },
      output_scales: outputScales.flatMap { UnsafePointer($0.baseAddress) },
      elapsed_scale: Double(elapsed?.scale ?? 0), elapsed_limit: elapsed?.limit ?? 0,
      input_limit: Int32(runtime.inputLimit ?? 0))
  }

  deinit {
    inputScales?.deallocate()
    outputScales?.deallocate()
  }

  private static func copy(_ values: [Float]?) -> UnsafeMutableBufferPointer<Float>? {
    guard let values else { return nil }
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count)
    _ = buffer.initialize(fromContentsOf: values)
    return buffer
  }

  /// Copies what fits into `size` bytes, and clears what this version does not know of.
  func write(to description: UnsafeMutablePointer<ganglion_description>, size: Int) throws(Refusal) {
    try GanglionC.write(values, to: description, size: size, "description")
  }
}

/// Copies what fits of a structure into the caller's, which has `size` bytes and may be of another version, and clears what
/// this version does not know of.
func write<Structure>(
  _ values: Structure, to caller: UnsafeMutablePointer<Structure>, size: Int, _ name: StaticString
) throws(Refusal) {
  // A size that no version of the structure has is a mistake, and clearing that much would be another.
  guard (1...4096).contains(size) else {
    throw .length(name, found: size, expected: MemoryLayout<Structure>.size)
  }
  let bytes = UnsafeMutableRawBufferPointer(start: caller, count: size)
  withUnsafeBytes(of: values) { source in
    let count = min(source.count, bytes.count)
    bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
    UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).initializeMemory(as: UInt8.self, repeating: 0)
  }
}

/// The ports of one side of a network, for C.
private struct Ports: ~Copyable {
  private let ports: UnsafeMutableBufferPointer<ganglion_port>
  /// Names and units in turn.
  private let texts: UnsafeMutableBufferPointer<CText>

  var start: UnsafePointer<ganglion_port>? { UnsafePointer(ports.baseAddress) }

  init(_ source: [NetworkModel.Port]) {
    ports = .allocate(capacity: source.count)
    texts = .allocate(capacity: 2 * source.count)
    for (index, port) in source.enumerated() {
      texts.initializeElement(at: 2 * index, to: CText(port.name))
      texts.initializeElement(at: 2 * index + 1, to: CText(port.unit))
      ports.initializeElement(
        at: index,
        to: ganglion_port(
          name: texts[2 * index].start, unit: texts[2 * index + 1].start, minimum: port.minimum,
          maximum: port.maximum))
    }
  }

  deinit {
    texts.deinitialize()
    texts.deallocate()
    ports.deallocate()
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_describe")
public func describe(
  _ network: OpaquePointer?, _ description: UnsafeMutablePointer<ganglion_description>?, _ size: Int
) -> ganglion_status {
  OpenNetwork.with(network) { network throws(Refusal) in
    guard let description else { throw .null("description") }
    try network.description.write(to: description, size: size)
  }
}
