import Signals

/// "; did you mean …?" when one of `names` is near to `word`; else all of them behind `otherwise`, or nothing without that.
func hint(_ word: String, among names: [String], otherwise: String? = nil) -> String {
  if let near = nearestName(to: word, among: names) { return "; did you mean \"\(near)\"?" }
  return otherwise.map { "; \($0) " + names.joined(separator: ", ") } ?? ""
}
