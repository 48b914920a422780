import Signals
import Testing

@Suite("Unit")
struct UnitTests {
  @Test(
    "spellings of a unit are one unit, written in one way",
    arguments: [
      ("", ""), ("1", ""), ("m", "m"), ("m/s", "m/s"), ("m/s2", "m/s2"), ("m/s^2", "m/s2"), ("m/s/s", "m/s2"),
      ("rad/s", "rad/s"), ("m s", "m s"), ("s*m", "m s"), ("1/s", "1/s"), ("m2/m", "m"), ("V A", "V A"),
      ("us", "us"),
      ("kg m2/s2", "kg m2/s2"), ("m/m", ""),
    ])
  func spellings(_ text: String, _ written: String) throws {
    let unit = try #require(Unit(text))
    #expect(unit.description == written)
    #expect(Unit(unit.description) == unit)
  }

  @Test(
    "what is no unit is none",
    arguments: [
      "meter", "m/", "/s", "m//s", "m0", "m10", "m-1", "m^", "m^^2", "M", "m/s)", "°",
      String(repeating: "m ", count: 40),
    ])
  func nonsense(_ text: String) { #expect(Unit(text) == nil) }

  @Test("products and quotients have a unit")
  func products() throws {
    let (speed, time) = (try #require(Unit("m/s")), try #require(Unit("s")))
    #expect(speed * time == Unit("m"))
    #expect(speed / time == Unit("m/s2"))
    #expect(speed / speed == Unit.none)
    #expect(Unit("deg") != Unit("rad"))
    #expect(Unit("V A") != Unit("W"))
  }
}
