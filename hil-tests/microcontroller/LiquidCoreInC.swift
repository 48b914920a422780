// What liquid_core.h declares. Compiled together with LiquidCore's files, as one module.

#if LIQUID_FLOAT32
  typealias EmbeddedNetwork = Network<Float32Arithmetic>
#elseif LIQUID_FLOAT16
  typealias EmbeddedNetwork = Network<Float16Arithmetic>
#else
  typealias EmbeddedNetwork = Network<FixedPointArithmetic>
#endif

@_cdecl("liquid_network_open")
public func liquidNetworkOpen(
  _ network: UnsafeMutableRawPointer?, _ networkByteCount: Int, _ image: UnsafeRawPointer?,
  _ imageByteCount: Int, _ workspace: UnsafeMutableRawPointer?, _ workspaceByteCount: Int
) -> CInt {
  guard let network, networkByteCount >= MemoryLayout<EmbeddedNetwork>.size,
    UInt(bitPattern: network) % UInt(MemoryLayout<EmbeddedNetwork>.alignment) == 0,
    imageByteCount >= 0, workspaceByteCount >= 0
  else { return 2 }
  do throws(ImageError) {
    let opened = try EmbeddedNetwork(
      image: UnsafeRawBufferPointer(start: image, count: image == nil ? 0 : imageByteCount),
      workspace: UnsafeMutableRawBufferPointer(
        start: workspace, count: workspace == nil ? 0 : workspaceByteCount))
    network.initializeMemory(as: EmbeddedNetwork.self, to: opened)
    return 0
  } catch {
    switch error {
    case .workspaceTooSmall, .misaligned: return 2
    default: return 1
    }
  }
}

@_cdecl("liquid_network_step")
public func liquidNetworkStep(
  _ network: UnsafeMutableRawPointer, _ inputs: UnsafePointer<Float>?, _ inputCount: Int, _ ts: Float,
  _ outputs: UnsafeMutablePointer<Float>?, _ outputCount: Int
) -> CInt {
  guard let inputs, let outputs, inputCount >= 0, outputCount >= 0 else { return 3 }
  let opened = network.assumingMemoryBound(to: EmbeddedNetwork.self)
  var given = MutableSpan(_unsafeStart: outputs, count: outputCount)
  do throws(NetworkError) {
    try opened.pointee.step(
      inputs: Span(_unsafeStart: inputs, count: inputCount), ts: ts, outputs: &given)
    return 0
  } catch {
    switch error {
    case .inputCount, .outputCount: return 3
    case .nonFiniteResult: return 5
    default: return 4
    }
  }
}

@_cdecl("liquid_network_reset")
public func liquidNetworkReset(_ network: UnsafeMutableRawPointer) {
  network.assumingMemoryBound(to: EmbeddedNetwork.self).pointee.reset()
}

@_cdecl("liquid_network_saturation")
public func liquidNetworkSaturation(_ network: UnsafeRawPointer, _ last: UnsafeMutablePointer<UInt32>?)
  -> UInt64
{
  let found = network.assumingMemoryBound(to: EmbeddedNetwork.self).pointee.saturation
  if let last {
    last[0] = found.lastInputs
    last[1] = found.lastStates
    last[2] = found.lastElapsed
  }
  return found.inputs &+ found.states &+ found.elapsed
}

@_cdecl("liquid_network_digest")
public func liquidNetworkDigest(_ network: UnsafeRawPointer) -> UInt64 {
  network.assumingMemoryBound(to: EmbeddedNetwork.self).pointee.stateDigest()
}
