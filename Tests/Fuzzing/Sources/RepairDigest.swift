import Files
import Foundation
import LiquidModel

/// Puts the digest of a model file right where it stands in the header, if the file has the shape of one; by docs/model-format.md,
/// "The digest", written apart from the code under test.
func repairDigest(_ bytes: inout [UInt8]) {
  guard bytes.count > 8 else { return }
  let length = bytes.number(at: 0, size: 8)
  guard length <= UInt64(bytes.count - 8) else { return }
  let header = 8..<8 + Int(length)
  guard let object = try? JSONSerialization.jsonObject(with: Data(bytes[header])) as? [String: Any],
    let digest = digest(of: object, data: bytes[header.upperBound...])
  else { return }
  // The value of the key is 64 digits: put in place, the header keeps its length.
  let key = Array("\"ganglion.digest\":\"".utf8)
  guard bytes.count >= key.count + 64,
    let place = header.dropLast(key.count + 64).first(where: { bytes[$0..<$0 + key.count].elementsEqual(key) }
    )
  else { return }
  bytes.replaceSubrange(place + key.count..<place + key.count + 64, with: Array(digest.utf8))
}

private func digest(of header: [String: Any], data: ArraySlice<UInt8>) -> String? {
  var header = header
  guard let metadata = header.removeValue(forKey: "__metadata__") as? [String: String] else { return nil }
  var text: [UInt8] = []
  func put(_ number: Int) {
    for byte in 0..<8 { text.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }
  func put(_ block: some Collection<UInt8>) {
    put(block.count)
    text += block
  }
  let strings = metadata.filter { $0.key != "ganglion.digest" }.sorted {
    $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
  }
  put(strings.count)
  for (key, value) in strings {
    put(key.utf8)
    put(value.utf8)
  }
  put(header.count)
  for (name, entry) in header.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
    guard let entry = entry as? [String: Any], let type = entry["dtype"] as? String,
      let shape = entry["shape"] as? [Int],
      let place = entry["data_offsets"] as? [Int], place.count == 2, place[0] >= 0, place[0] <= place[1],
      place[1] <= data.count
    else { return nil }
    put(name.utf8)
    put(type.utf8)
    put(shape.count)
    for length in shape { put(length) }
    put(data[data.startIndex + place[0]..<data.startIndex + place[1]])
  }
  return SHA256.hexDigest(of: text)
}
