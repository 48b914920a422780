import Signals

/// "; did you mean …?" when one of `names` is near to `word`, else nothing.
func hint(_ word: String, among names: [String]) -> String {
  nearestName(to: word, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
}
