/// What a walk through the ticks of a log met that was no tick.
public struct TickLosses: Equatable, Sendable {
  /// Ticks that were read.
  public private(set) var ticks = 0
  /// Ticks that were dropped when the log was written.
  public private(set) var dropped = 0
  /// Bytes that were lost before the log was recovered.
  private var lostBefore = 0
  private var damages = DamageCount()

  /// Nothing yet.
  public init() {}

  /// Counts what a cursor has come to; `lost` is its `lostBeforeRecovery`.
  public mutating func note(_ event: TickEvent, lostBefore lost: Int? = nil) {
    lostBefore = lost ?? lostBefore
    switch event {
    case .tick: ticks += 1
    case .dropout(let count): dropped += Int(count)
    case .damage(let damage): damages.add(damage)
    case .end: break
    }
  }

  /// What an account says of it.
  public var skipped: [ImportAccount.Loss] {
    (dropped == 0
      ? [] : [ImportAccount.Loss(reason: "ticks that were dropped when the log was written", count: dropped)])
      + (lostBefore == 0
        ? []
        : [ImportAccount.Loss(reason: "bytes that were lost before the log was recovered", count: lostBefore)])
      + damages.losses
  }
}

/// Counts places that cannot be read, as an account names them.
struct DamageCount: Equatable, Sendable {
  private var (count, bytes) = (0, 0)
  private var first: LogDamage?

  mutating func add(_ damage: LogDamage) {
    count += 1
    bytes += damage.lostBytes
    if first == nil { first = damage }
  }

  /// The count under a reason; none without damage. Of damage without a place, as of a part that is missing, the words.
  var losses: [ImportAccount.Loss] {
    guard let first else { return [] }
    let place = first.error.offset.map { "at byte \($0)" } ?? first.error.what
    return [
      ImportAccount.Loss(
        reason: "damaged places with \(bytes) bytes in all, the first \(place)", count: count)
    ]
  }
}

/// The account of a log of Ganglion whose ticks were read for something else than a flight.
public struct TickAccount: Sendable {
  private let quantity: RecordedQuantity
  private var losses = TickLosses()
  private var times: [Int64] = []
  private var counts = LossCounts()

  /// The account of ticks of which `quantity` is wanted.
  public init(of quantity: RecordedQuantity) { self.quantity = quantity }

  /// Counts what a cursor has come to; of a tick, its time in ns, and why it is not used, if it is not. `lost` is the
  /// cursor's `lostBeforeRecovery`.
  public mutating func note(
    _ event: TickEvent, lostBefore lost: Int?, time: Int64, leftOut reason: String? = nil
  ) {
    losses.note(event, lostBefore: lost)
    guard case .tick = event else { return }
    if let reason { counts.add(reason) } else { times.append(time) }
  }

  /// The account.
  public var account: ImportAccount {
    var account = ImportAccount(format: "Ganglion log")
    account.topics = [
      ImportAccount.Topic(
        name: TickCodec.topic, quantity: quantity, rows: losses.ticks, used: times.count,
        rate: medianRate(times), leftOut: counts.losses, isChosen: true, why: "the only one")
    ]
    account.skipped = losses.skipped
    return account
  }
}
