import LiquidModel
import Synchronization

/// A network on its way to the block that will own it: declarations can be copied, a network cannot.
public final class NetworkHandover: Sendable {
  private let network: Mutex<NetworkRuntime?>

  /// Holds a network until it is taken.
  public init(_ network: consuming NetworkRuntime) {
    self.network = Mutex(consume network)
  }

  /// The network, the first time; `nil` from then on.
  func take() -> NetworkRuntime? {
    network.withLock { $0.take() }
  }
}
