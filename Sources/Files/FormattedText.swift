#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A text after a format of C, for example `"%6.1f"`, without Foundation. Only for numbers, which the format must fit.
package func formatted(_ format: String, _ arguments: any CVarArg...) -> String {
  withVaList(arguments) { list in
    var bytes = [CChar](repeating: 0, count: 128)
    let count = vsnprintf(&bytes, bytes.count, format, list)
    return String(
      decoding: bytes.prefix(max(min(Int(count), bytes.count - 1), 0)).map(UInt8.init(bitPattern:)),
      as: UTF8.self)
  }
}

/// Now, in UTC after ISO 8601: `2026-11-30T08:15:00Z`, or `20261130T081500Z` for a file's name.
package func currentTime(forFileName: Bool = false) -> String {
  var now = time(nil)
  var parts = tm()
  gmtime_r(&now, &parts)
  var bytes = [CChar](repeating: 0, count: 32)
  let count = strftime(&bytes, bytes.count, forFileName ? "%Y%m%dT%H%M%SZ" : "%Y-%m-%dT%H:%M:%SZ", &parts)
  return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
