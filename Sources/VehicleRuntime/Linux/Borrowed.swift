/// A reference to an object that somebody else keeps alive for as long as this is used: using it counts nothing, as the
/// loop wants it.
struct Borrowed<Object: AnyObject>: @unchecked Sendable {
  // Sendable: only a reference; what may be done through it is the object's own matter.
  private let reference: Unmanaged<Object>

  /// Borrows `object`.
  init(_ object: Object) { reference = .passUnretained(object) }

  /// Lets `body` use the object.
  @inline(__always)
  func callAsFunction<Result>(_ body: (Object) -> Result) -> Result {
    reference._withUnsafeGuaranteedRef(body)
  }
}
