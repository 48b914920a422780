import PortableMath
import Testing

@testable import VehicleRuntime

@Suite("Latency histogram")
struct LatencyHistogramTests {
  @Test("Quantiles are those of a sorted list, to the width of a bucket")
  func quantiles() {
    var random = RandomGenerator(seed: 7)
    var histogram = LatencyHistogram()
    var values: [Int64] = []
    for _ in 0..<20_000 {
      let value = Int64(random.nextBits() >> (24 + random.nextBits() % 40))
      values.append(value)
      histogram.record(value)
    }
    values.sort()
    for quantile in [0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1] {
      let exact = values[max(0, Int((Double(values.count) * quantile).rounded(.up)) - 1)]
      let found = histogram.quantile(quantile)
      #expect(found >= exact)
      #expect(Double(found) <= Double(exact) * 1.035 + 1)
    }
    #expect(histogram.maximum == values.last)
    #expect(histogram.total == 20_000)
  }

  @Test("The longest and a negative duration are counted, not trapped on")
  func extremes() {
    var histogram = LatencyHistogram()
    #expect(histogram.quantile(0.5) == 0)
    histogram.record(-5)
    histogram.record(.max)
    #expect(histogram.quantile(0.5) == 0)
    #expect(histogram.quantile(1) > 1 << 60)
  }

  @Test("Two histograms added are the histogram of both, and their buckets hold every count")
  func adding() {
    var (both, first, second) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
    for value: Int64 in [3, 100, 5_000, 5_000, 80_000] {
      both.record(value)
      first.record(value)
    }
    for value: Int64 in [7, 900_000] {
      both.record(value)
      second.record(value)
    }
    first.add(second)
    #expect(first.total == 7 && first.maximum == 900_000)
    #expect(first.buckets.map(\.count) == both.buckets.map(\.count))
    #expect(first.buckets.map(\.upTo) == both.buckets.map(\.upTo))
    #expect(first.buckets.map { UInt64($0.count) }.reduce(0, +) == 7)
    #expect(first.buckets.first?.upTo == 3)
  }
}
