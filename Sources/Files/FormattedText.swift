#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A text after a format of C, for example `"%6.1f"`, without Foundation. Only for numbers, which the format must fit.
package func formatted(_ format: String, _ arguments: any CVarArg...) -> String {
  // Twice where it is long: the first call says how much room it needs.
  var bytes = [CChar](repeating: 0, count: 64)
  let count = withVaList(arguments) { vsnprintf(&bytes, bytes.count, format, $0) }
  if count >= bytes.count {
    bytes = [CChar](repeating: 0, count: Int(count) + 1)
    _ = withVaList(arguments) { vsnprintf(&bytes, bytes.count, format, $0) }
  }
  return String(decoding: bytes.prefix(max(Int(count), 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Now, in UTC after ISO 8601: `2026-11-30T08:15:00Z`, or `20261130T081500` for a file's name.
package func currentTime(forFileName: Bool = false) -> String {
  var now = time(nil)
  var parts = tm()
  gmtime_r(&now, &parts)
  var bytes = [CChar](repeating: 0, count: 32)
  let count = strftime(&bytes, bytes.count, forFileName ? "%Y%m%dT%H%M%S" : "%Y-%m-%dT%H:%M:%SZ", &parts)
  return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
