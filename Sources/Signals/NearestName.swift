/// The name among `names` that `word` is most likely a slip of; `nil` when none is close.
public func nearestName(to word: String, among names: [String]) -> String? {
  // A bound on length: the distance costs the product of both lengths, and a hostile key can be long.
  guard word.unicodeScalars.count <= 64 else { return nil }
  let best = names.map { (name: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
    .min { $0.distance < $1.distance }
  // What has no letter of a name in place is no slip of it.
  guard let best, best.distance <= max(2, best.name.count / 3), best.distance < best.name.count else {
    return nil
  }
  return best.name
}

/// How many insertions, deletions, substitutions and swaps of neighbours make `b` of `a` (the optimal string
/// alignment distance).
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var cost = min(last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      current.append(cost)
    }
    (beforeLast, last) = (last, current)
  }
  return last[b.count]
}
