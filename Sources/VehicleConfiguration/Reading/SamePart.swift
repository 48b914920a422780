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
