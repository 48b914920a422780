/// How often each device of a bus may still be asked again.
///
/// A transfer that failed by chance is repeated at once; a device that fails again and again must not take the bus from
/// the others. So each address has a small purse: a repetition costs one, sixteen good transfers bring one back.
struct RetryBudget: Sendable {
  /// Repetitions that a device can save up.
  static let largest: UInt8 = 8
  /// Good transfers that bring one repetition back.
  static let price: UInt8 = 16

  private var left = InlineArray<128, UInt8>(repeating: largest)
  private var good = InlineArray<128, UInt8>(repeating: 0)

  /// Takes a repetition out of the purse; `false` when it is empty.
  mutating func spend(_ address: UInt8) -> Bool {
    let index = Int(address & 0x7F)
    guard left[index] > 0 else { return false }
    left[index] -= 1
    return true
  }

  /// Notes a good transfer.
  mutating func earn(_ address: UInt8) {
    let index = Int(address & 0x7F)
    guard left[index] < Self.largest else { return }
    good[index] += 1
    guard good[index] >= Self.price else { return }
    good[index] = 0
    left[index] += 1
  }
}
