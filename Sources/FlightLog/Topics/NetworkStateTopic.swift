import Control
import Signals

/// `/NETWORK/state`: a network's whole hidden state, every so many ticks.
struct NetworkStateTopic: LogTopic {
  static let schemaName = "ganglion_msgs/msg/NetworkState"
  static let schemaText = """
    uint64 tick
    uint64 digest  # of the whole state, as in the tick's record
    # Eight bytes in each, little-endian, the last filled up with zeros: an LSTM's memory, then the neurons of each cell in their order.
    # Float32 and float16 networks as such; of integer networks int16 for CfC neurons, int32 for LTC neurons and the memory.
    uint64[] words

    """

  let name: String
  private let network: NetworkSignals
  private let tick: SignalIndex<UInt64>?

  /// The states of the networks that have them as signals.
  static func all(_ table: SignalTable) -> [NetworkStateTopic] {
    NetworkSignals.all(table).filter { !$0.stateWords.isEmpty }.map { NetworkStateTopic($0, table) }
  }

  private init(_ network: NetworkSignals, _ table: SignalTable) {
    name = OwnTopicName.network(network.name) + "/state"
    self.network = network
    tick = table.index(of: "tick.number")
  }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    encoder.put(tick.map { frame[$0] } ?? 0)
    encoder.put(network.digest.map { frame[$0] } ?? 0)
    encoder.put(UInt32(truncatingIfNeeded: network.stateWords.count))
    for word in network.stateWords { encoder.put(frame[word]) }
  }
}
