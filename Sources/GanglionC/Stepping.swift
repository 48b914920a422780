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
    switch network.runtime.arithmetic {
    case .int16, .int8: try network.run(rows, into: outputs)
    case .float32, .float16:
      // A later row may be refused for what comes of it: then the earlier ones have not been run either.
      let state = network.runtime.copyState()
      var results = [Float](repeating: 0, count: needed)
      do throws(Refusal) {
        try results.withUnsafeMutableBufferPointer { results throws(Refusal) in
          try network.run(rows, into: results)
        }
      } catch {
        do throws(NetworkError) {
          try network.runtime.restoreState(state.span)
        } catch {
          throw .network(error)
        }
        throw error
      }
      _ = outputs.update(fromContentsOf: results)
    }
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_get_saturation")
public func getSaturation(
  _ network: OpaquePointer?, _ saturation: UnsafeMutablePointer<ganglion_saturation>?, _ size: Int
) -> ganglion_status {
  OpenNetwork.with(network) { network throws(Refusal) in
    guard let saturation else { throw .null("saturation") }
    let found = network.runtime.saturation
    try write(
      ganglion_saturation(
        inputs: found.inputs, states: found.states, elapsed: found.elapsed, last_inputs: found.lastInputs,
        last_states: found.lastStates, last_elapsed: found.lastElapsed),
      to: saturation, size: size, "saturation")
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
  fileprivate mutating func run(_ rows: Rows, into outputs: UnsafeMutableBufferPointer<Float>) throws(Refusal)
  {
    let width = runtime.outputCount
    for row in 0..<rows.count {
      let place = row * width
      var span = UnsafeMutableBufferPointer(rebasing: outputs[place..<place + width]).mutableSpan
      do throws(NetworkError) {
        try runtime.step(inputs: rows.inputs(row).span, ts: rows.ts[row], outputs: &span)
      } catch {
        throw .network(error, row: row)
      }
    }
  }

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
