/// The name among `names` that `word` is most likely a slip of; `nil` when none is close.
public func nearestName(to word: String, among names: [String]) -> String? {
  // A bound on length: the distance costs the product of both lengths, and a hostile key can be long.
  guard word.unicodeScalars.count <= 64 else { return nil }
  let best = names.map { (name: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
    .min { $0.distance < $1.distance }
  guard let best, best.distance <= max(2, best.name.count / 3) else { return nil }
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

/// The part among `names` that `word` is another spelling of, or a slip that makes no other part's name: capitals,
/// dashes and spaces, one or two letters of the package more or one less, two neighbours swapped, a sign doubled. `nil`
/// for all else: a chip whose number or letter differs is another chip, and its registers are others.
func samePart(as word: String, among names: [String]) -> String? {
  guard word.unicodeScalars.count <= 64 else { return nil }
  let plain = partNumber(word)
  guard !plain.isEmpty else { return nil }
  return names.first { partNumber($0) == plain }
    ?? names.first { name in
      let name = partNumber(name)
      return hasPackage(plain, beyond: name, atMost: 2) || hasPackage(name, beyond: plain, atMost: 1)
        || isSwap(plain, name) || isDoubled(plain, name)
    }
}

/// Letters and digits alone, small.
private func partNumber(_ name: String) -> [Character] {
  name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.map(\.self)
}

/// Whether `long` is `short` with a few letters behind it.
private func hasPackage(_ long: [Character], beyond short: [Character], atMost most: Int) -> Bool {
  guard long.count > short.count, long.count - short.count <= most, long.starts(with: short) else {
    return false
  }
  return long[short.count...].allSatisfy(\.isLetter)
}

/// Whether two neighbours are swapped.
private func isSwap(_ a: [Character], _ b: [Character]) -> Bool {
  guard a.count == b.count, let place = a.indices.first(where: { a[$0] != b[$0] }), place + 1 < a.count else {
    return false
  }
  var swapped = a
  swapped.swapAt(place, place + 1)
  return swapped == b
}

/// Whether `word` is `name` with one sign written twice.
private func isDoubled(_ word: [Character], _ name: [Character]) -> Bool {
  guard word.count == name.count + 1 else { return false }
  return word.indices.dropFirst().contains { index in
    guard word[index] == word[index - 1] else { return false }
    var single = word
    single.remove(at: index)
    return single == name
  }
}
