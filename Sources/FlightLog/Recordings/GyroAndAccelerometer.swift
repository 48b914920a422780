import HardwareInterfaces
import PortableMath

extension SampleSource where Sample == InertialSample {
  /// Rates at their own times, with specific forces on straight lines between theirs.
  /// One that a recording has of each, the accelerometer's step kept: between its readings nothing is known.
  init(rates gyro: SampleSource<Vector3>, forces accelerometer: SampleSource<Vector3>) {
    var losses = LossCounts()
    losses.add(gyro.origins.first?.leftOut ?? [])
    samples = []
    let forces = accelerometer.samples
    var next = 0
    for rate in gyro.samples {
      while next < forces.count, forces[next].time <= rate.time { next += 1 }
      let before = next > 0 ? forces[next - 1] : nil
      let after = next < forces.count ? forces[next] : nil
      guard let force = Self.force(at: rate.time, before, after) else {
        losses.add("without an accelerometer's row within 50 ms")
        continue
      }
      samples.append(
        .init(
          time: rate.time,
          sample: InertialSample(
            acceleration: (Float(force.x), Float(force.y), Float(force.z)),
            rate: (Float(rate.sample.x), Float(rate.sample.y), Float(rate.sample.z)), temperature: 25)))
    }
    origins = gyro.origins + accelerometer.origins
    origins[0].used = samples.count
    origins[0].leftOut = losses.losses
    isConstant = gyro.isConstant && accelerometer.isConstant
    enough = RecordedSamples.enoughInertial
    slowerStep = accelerometer.rate.map { Int64(1e9 / $0) }
    stuck = min(gyro.stuck, accelerometer.stuck)
  }

  private static func force(
    at time: MonotonicTime, _ before: SensorRecording.Timed<Vector3>?,
    _ after: SensorRecording.Timed<Vector3>?
  ) -> Vector3? {
    let limit: Int64 = 50_000_000
    let old = before.flatMap { time.nanoseconds(since: $0.time) <= limit ? $0 : nil }
    let new = after.flatMap { $0.time.nanoseconds(since: time) <= limit ? $0 : nil }
    guard let old, let new else { return old?.sample ?? new?.sample }
    let share =
      Double(time.nanoseconds(since: old.time)) / Double(max(new.time.nanoseconds(since: old.time), 1))
    return old.sample + (new.sample - old.sample) * share
  }
}
