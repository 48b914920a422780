import CGanglion
import LiquidCore
import LiquidModel

/// What a `ganglion_network *` points to.
struct OpenNetwork: ~Copyable {
  var runtime: NetworkRuntime
  /// The text of the last refused call.
  var error: CText
  let description: Description

  init(_ file: ModelFile, kernel: String?) throws(Refusal) {
    let kernel = try Self.kernel(named: kernel)
    do throws(ModelError) {
      runtime = try NetworkRuntime(file, kernel: kernel)
    } catch {
      throw .model(error)
    }
    // Not before what can throw: Swift 6.2 would destroy twice what is there by then.
    error = CText("", capacity: 1024)
    description = Description(file, runtime)
  }

  /// The kernel that a caller names; the fastest here if none is named.
  private static func kernel(named name: String?) throws(Refusal) -> Kernel {
    guard let name else { return .best }
    let available = Kernel.allCases.filter(\.isAvailable)
    guard let kernel = available.first(where: { "\($0.name)" == name }) else {
      throw .kernel(name, available: available.map { "\($0.name)" })
    }
    return kernel
  }

  /// The network behind `handle`, to work on; what it refuses becomes its error text and the status.
  static func with(
    _ handle: OpaquePointer?, _ body: (inout OpenNetwork) throws(Refusal) -> Void
  ) -> ganglion_status {
    guard let handle else { return ganglion_status(GANGLION_NULL) }
    let network = UnsafeMutablePointer<OpenNetwork>(handle)
    do throws(Refusal) {
      try body(&network.pointee)
      return ganglion_status(GANGLION_OK)
    } catch {
      network.pointee.error.set(error.text)
      return error.status
    }
  }
}

/// The caller's array as a buffer, when it is there and has `expected` elements.
func array<Element>(
  _ start: UnsafePointer<Element>?, _ count: Int, _ name: StaticString, expected: Int
) throws(Refusal) -> UnsafeBufferPointer<Element> {
  guard let start else { throw .null(name) }
  guard count == expected else { throw .length(name, found: count, expected: expected) }
  return UnsafeBufferPointer(start: start, count: count)
}

/// The caller's array to write to, when it is there and has `expected` elements.
func array<Element>(
  _ start: UnsafeMutablePointer<Element>?, _ count: Int, _ name: StaticString, expected: Int
) throws(Refusal) -> UnsafeMutableBufferPointer<Element> {
  guard let start else { throw .null(name) }
  guard count == expected else { throw .length(name, found: count, expected: expected) }
  return UnsafeMutableBufferPointer(start: start, count: count)
}
