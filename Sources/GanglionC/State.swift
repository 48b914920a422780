import CGanglion
import LiquidCore
import LiquidModel

/// See `ganglion.h`.
@_cdecl("ganglion_get_state")
public func getState(_ network: OpaquePointer?, _ bytes: UnsafeMutableRawPointer?, _ size: Int)
  -> ganglion_status
{
  OpenNetwork.with(network) { network throws(Refusal) in
    guard let bytes else { throw .null("bytes") }
    let state = network.runtime.copyState()
    guard size == state.count else { throw .length("bytes", found: size, expected: state.count) }
    UnsafeMutableRawBufferPointer(start: bytes, count: size).copyBytes(from: state)
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_set_state")
public func setState(_ network: OpaquePointer?, _ bytes: UnsafeRawPointer?, _ size: Int) -> ganglion_status {
  OpenNetwork.with(network) { network throws(Refusal) in
    guard let bytes else { throw .null("bytes") }
    let expected = network.runtime.stateByteCount
    guard size == expected else { throw .length("bytes", found: size, expected: expected) }
    let state = [UInt8](UnsafeRawBufferPointer(start: bytes, count: size))
    do throws(NetworkError) {
      try network.runtime.restoreState(state.span)
    } catch {
      throw .network(error)
    }
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_state_digest")
public func stateDigest(_ network: OpaquePointer?, _ digest: UnsafeMutablePointer<UInt64>?) -> ganglion_status
{
  OpenNetwork.with(network) { network throws(Refusal) in
    guard let digest else { throw .null("digest") }
    digest.pointee = network.runtime.stateDigest()
  }
}
