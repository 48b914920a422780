import CGanglion
import Foundation
import GanglionC

/// A network that stays open, for calls with hostile numbers.
nonisolated(unsafe) private let open: OpaquePointer? = {
  let path =
    ProcessInfo.processInfo.environment["GANGLION_MODEL"]
    ?? "firmware-configs/models/quadrotor-ncp19-int16.safetensors"
  var network: OpaquePointer?
  _ = ganglion_open_file(path, nil, &network, nil, 0)
  return network
}()

/// The C interface: the first byte chooses the call, the rest are its arguments.
@Sendable func fuzzInterface(_ input: UnsafeRawBufferPointer) {
  guard let call = input.first else { return }
  let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
  if call & 7 == 7 { return openHostile(rest) }
  let floats = (0..<rest.count / 4).map { rest.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
  var outputs = [Float](repeating: 0, count: 4)
  switch call & 7 {
  case 0:
    let status = ganglion_step(open, floats, min(floats.count, 12), floats.last ?? 1, &outputs, 4)
    require(status != GANGLION_OK || outputs.allSatisfy(\.isFinite), "a step is well and gives \(outputs)")
  case 1:
    _ = ganglion_set_state(open, rest.baseAddress, rest.count)
  case 2:
    let rows = floats.count / 13
    var all = [Float](repeating: 0, count: 4 * rows)
    let ts = Array(floats.suffix(rows))
    _ = ganglion_run(open, rows, floats, 12 * rows, ts, &all, all.count)
  case 3:
    var integers = [Int16](repeating: 0, count: 12)
    var elapsed: Int32 = 0
    _ = ganglion_input_integers(
      open, floats, min(floats.count, 12), floats.last ?? 1, &integers, 12, &elapsed)
  case 4:
    let integers = (0..<rest.count / 2).map { rest.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self) }
    var results = [Int32](repeating: 0, count: 4)
    _ = ganglion_step_integers(
      open, integers, min(integers.count, 12), Int32(integers.last ?? 1), &results, 4)
  case 5:
    var digest: UInt64 = 0
    _ = ganglion_state_digest(open, &digest)
    _ = ganglion_error_text(open)
  default:
    _ = ganglion_reset(open)
  }
}

private func openHostile(_ bytes: UnsafeRawBufferPointer) {
  var network: OpaquePointer?
  var text = [CChar](repeating: 1, count: 64)
  let status = ganglion_open_memory(bytes.baseAddress, bytes.count, nil, &network, &text, text.count)
  require((status == GANGLION_OK) == (network != nil), "status \(status) and network do not agree")
  require(status == GANGLION_OK || text.contains(0), "a text without its end")
  ganglion_close(network)
}
