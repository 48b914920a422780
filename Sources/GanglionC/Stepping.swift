import CGanglion
import LiquidCore
import LiquidModel

/// See `ganglion.h`.
@_cdecl("ganglion_step")
public func step(
  _ network: OpaquePointer?, _ inputs: UnsafePointer<Float>?, _ inputCount: Int, _ ts: Float,
  _ outputs: UnsafeMutablePointer<Float>?, _ outputCount: Int
) -> ganglion_status {
  OpenNetwork.with(network) { network throws(Refusal) in
    let inputs = try array(inputs, inputCount, "inputs", expected: network.runtime.inputCount)
    let outputs = try array(outputs, outputCount, "outputs", expected: network.runtime.outputCount)
    try network.step(inputs, ts, outputs)
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_run")
public func run(
  _ network: OpaquePointer?, _ rowCount: Int, _ inputs: UnsafePointer<Float>?, _ inputCount: Int,
  _ ts: UnsafePointer<Float>?, _ outputs: UnsafeMutablePointer<Float>?, _ outputCount: Int
) -> ganglion_status {
  OpenNetwork.with(network) { network throws(Refusal) in
    let rows = try Rows(
      count: rowCount, width: network.runtime.inputCount, inputs: inputs, inputCount: inputCount, ts: ts)
    let width = network.runtime.outputCount
    let needed = try Rows.elements(rowCount, width, "outputs", found: outputCount)
    guard needed > 0 else { return }
    let outputs = try array(outputs, outputCount, "outputs", expected: needed)
    for row in 0..<rows.count {
      let place = row * width
      try network.step(
        rows.inputs(row), rows.ts[row], UnsafeMutableBufferPointer(rebasing: outputs[place..<place + width]))
    }
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_reset")
public func reset(_ network: OpaquePointer?) -> ganglion_status {
  OpenNetwork.with(network) { network throws(Refusal) in network.runtime.reset() }
}

/// See `ganglion.h`.
@_cdecl("ganglion_input_integers")
public func inputIntegers(
  _ network: OpaquePointer?, _ inputs: UnsafePointer<Float>?, _ inputCount: Int, _ ts: Float,
  _ integers: UnsafeMutablePointer<Int16>?, _ integerCount: Int, _ elapsed: UnsafeMutablePointer<Int32>?
) -> ganglion_status {
  OpenNetwork.with(network) { network throws(Refusal) in
    let count = network.runtime.inputCount
    let inputs = try array(inputs, inputCount, "inputs", expected: count)
    let integers = try array(integers, integerCount, "integers", expected: count)
    guard let elapsed else { throw .null("elapsed") }
    try check(inputs, ts, row: nil)
    guard let time = network.runtime.integer(ofElapsed: ts) else {
      throw .floatingPoint(network.runtime.arithmetic)
    }
    elapsed.pointee = time
    for index in 0..<count {
      integers[index] = network.runtime.integer(of: inputs[index], input: index) ?? 0
    }
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_step_integers")
public func stepIntegers(
  _ network: OpaquePointer?, _ inputs: UnsafePointer<Int16>?, _ inputCount: Int, _ elapsed: Int32,
  _ outputs: UnsafeMutablePointer<Int32>?, _ outputCount: Int
) -> ganglion_status {
  OpenNetwork.with(network) { network throws(Refusal) in
    let inputs = try array(inputs, inputCount, "inputs", expected: network.runtime.inputCount)
    let outputs = try array(outputs, outputCount, "outputs", expected: network.runtime.outputCount)
    var span = outputs.mutableSpan
    let isFixedPoint: Bool
    do throws(NetworkError) {
      isFixedPoint = try network.runtime.step(integers: inputs.span, elapsed: elapsed, outputs: &span)
    } catch {
      throw .network(error)
    }
    if !isFixedPoint { throw .floatingPoint(network.runtime.arithmetic) }
  }
}

extension OpenNetwork {
  fileprivate mutating func step(
    _ inputs: UnsafeBufferPointer<Float>, _ ts: Float, _ outputs: UnsafeMutableBufferPointer<Float>
  ) throws(Refusal) {
    var span = outputs.mutableSpan
    do throws(NetworkError) {
      try runtime.step(inputs: inputs.span, ts: ts, outputs: &span)
    } catch {
      throw .network(error)
    }
  }
}
