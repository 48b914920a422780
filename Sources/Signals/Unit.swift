/// The unit of a signal: powers of symbols, so that two spellings of a unit are one, and products have a unit, too.
///
/// Symbols are not reduced to base units: a volt ampere is no watt, and a degree no radian. What a configuration means is
/// told apart; nothing is converted.
public struct Unit: Hashable, Sendable, CustomStringConvertible {
  /// The symbols that there are, in the order in which a unit is written.
  public static let symbols = [
    "kg", "m", "rad", "deg", "V", "A", "ohm", "W", "N", "Pa", "T", "K", "degC", "lx", "Hz", "us", "ms", "ns",
    "s",
  ]
  /// A pure number.
  public static let none = Unit()
  /// Nanoseconds, in which times are.
  public static let nanosecond = Unit(symbol: "ns")
  /// Radians.
  public static let radian = Unit(symbol: "rad")
  /// Metres.
  public static let metre = Unit(symbol: "m")
  /// Seconds.
  public static let second = Unit(symbol: "s")
  /// Periods in a second.
  public static let hertz = Unit(symbol: "Hz")
  /// Volts.
  public static let volt = Unit(symbol: "V")

  /// The power of each symbol.
  private var powers: [Int]

  private init(symbol: String) {
    self.init()
    if let place = Self.symbols.firstIndex(of: symbol) { powers[place] = 1 }
  }

  private init() { powers = Array(repeating: 0, count: Self.symbols.count) }

  /// Reads a unit as configurations write it: symbols with powers, side by side or joined by `*`, those behind a `/`
  /// divided by: `rad/s`, `m/s2`, `m/s^2`, `m s`, `1/s`; empty or `1` is none. `nil` when it is no such text.
  public init?(_ text: String) {
    self.init()
    guard text.utf8.count <= 64 else { return nil }
    for (index, part) in text.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
      let factors = part.split { $0 == " " || $0 == "*" }
      // Nothing in front of the first dash is a 1 left out; nothing behind one is a mistake.
      if factors.isEmpty, index > 0 || text.contains("/") { return nil }
      for factor in factors where factor != "1" {
        let letters = factor.prefix { $0.isLetter && $0.isASCII }
        let rest = factor.dropFirst(letters.count)
        let digits = rest.hasPrefix("^") ? rest.dropFirst() : rest
        guard let symbol = Self.symbols.firstIndex(of: String(letters)) else { return nil }
        guard let power = digits.isEmpty && !factor.hasSuffix("^") ? 1 : Int(digits), (1...9).contains(power)
        else {
          return nil
        }
        powers[symbol] += index == 0 ? power : -power
      }
    }
  }

  /// The unit of a product.
  public static func * (a: Unit, b: Unit) -> Unit {
    var product = a
    for symbol in product.powers.indices { product.powers[symbol] += b.powers[symbol] }
    return product
  }

  /// The unit of a quotient.
  public static func / (a: Unit, b: Unit) -> Unit {
    var quotient = a
    for symbol in quotient.powers.indices { quotient.powers[symbol] -= b.powers[symbol] }
    return quotient
  }

  /// The unit whose square it is; `nil` when a power is odd.
  public var squareRoot: Unit? {
    guard powers.allSatisfy({ $0 % 2 == 0 }) else { return nil }
    var root = self
    for symbol in root.powers.indices { root.powers[symbol] /= 2 }
    return root
  }

  /// The unit as it is read: `m/s2`; empty for a pure number.
  public var description: String {
    func text(_ isWanted: (Int) -> Bool) -> [String] {
      zip(Self.symbols, powers).filter { isWanted($0.1) }.map { $0 + (abs($1) == 1 ? "" : "\(abs($1))") }
    }
    let (above, below) = (text { $0 > 0 }, text { $0 < 0 })
    guard !below.isEmpty else { return above.joined(separator: " ") }
    return ([above.isEmpty ? "1" : above.joined(separator: " ")] + below).joined(separator: "/")
  }
}

extension Unit {
  /// Radians a second.
  public static let radianPerSecond = radian / second
  /// Metres a second.
  public static let metrePerSecond = metre / second
  /// Metres a second squared.
  public static let metrePerSecondSquared = metrePerSecond / second
  /// Pascals.
  public static let pascal = Unit(symbol: "Pa")
  /// Teslas.
  public static let tesla = Unit(symbol: "T")
  /// Amperes.
  public static let ampere = Unit(symbol: "A")
  /// Degrees Celsius.
  public static let degreeCelsius = Unit(symbol: "degC")
  /// Microseconds, in which pulses are.
  public static let microsecond = Unit(symbol: "us")
}
