import LinuxHardware
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Waits until something is true; `false` when it is not after twenty seconds.
func comes(_ isTrue: () -> Bool) -> Bool {
  let end = SystemClock().now().advanced(milliseconds: 20_000)
  while SystemClock().now() < end {
    if isTrue() { return true }
    usleep(1_000)
  }
  return isTrue()
}

/// A count that several threads share.
final class Tally: Sendable {
  private let number = Atomic<Int>(0)

  var value: Int { number.load(ordering: .sequentiallyConsistent) }

  func add() { number.add(1, ordering: .sequentiallyConsistent) }
}
