import HardwareInterfaces
import PortableMath
import Testing

/// Counts that a long flight takes to their end: a sensor of 1 kHz gives 2³² readings in 49.7 days.
@Suite("Counters at their end")
struct CounterWrapTests {
  @Test("After the largest count of readings comes 1: 0 stands for none yet")
  func readings() {
    var count = UInt32.max - 1
    count.countReading()
    #expect(count == .max)
    count.countReading()
    #expect(count == 1)
    count = 0
    count.countReading()
    #expect(count == 1)
  }

  @Test("A count that is compared with a limit stays at its end")
  func limits() {
    var count = UInt32.max - 1
    count.countUp()
    count.countUp()
    #expect(count == .max)
    count.countUp(by: .max)
    #expect(count == .max)
    count = 3
    count.countUp(by: 4)
    #expect(count == 7)
  }
}
