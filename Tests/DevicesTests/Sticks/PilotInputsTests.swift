import Testing

@testable import Devices

@Suite("What a stick and a switch ask for")
struct PilotInputsTests {
  private func map(_ settings: StickSettings) throws -> StickMap {
    try StickMap(settings, ends: StickMap.receiverEnds)
  }

  @Test("the ends give `from` and `to` exactly, the middle their mean, and beyond the ends nothing changes")
  func ends() throws {
    let stick = try map(StickSettings(input: 1, from: -0.3, to: 0.7))
    #expect(stick(7_904) == -0.3 && stick(0) == -0.3)
    #expect(stick(16_096) == 0.7 && stick(32_767) == 0.7)
    #expect(abs(stick(12_000) - 0.2) < 1e-7)
    #expect(try map(StickSettings(input: 1, from: -0.4, to: 0.4))(12_000) == 0)
  }

  @Test(
    "every input of every shape: never falling, and the hand that asks for a value finds the nearest input",
    arguments: [
      StickSettings(input: 1, from: -1, to: 1), StickSettings(input: 1, from: 2, to: -1),
      StickSettings(input: 1, from: 0, to: 1, deadBand: 0.1, expo: 0.7),
      StickSettings(input: 1, from: -1, to: 1, deadBand: 0.05, expo: 1, isReversed: true),
    ])
  func everyInput(_ settings: StickSettings) throws {
    let stick = try map(settings)
    let rises = (settings.to > settings.from) != settings.isReversed
    var last = stick(7_904)
    for raw in Int32(7_904)...16_096 {
      let value = stick(raw)
      #expect(rises ? value >= last : value <= last)
      last = value
      let found = stick(stick.raw(for: value))
      #expect(abs(found - value) <= 1e-6 * max(abs(value), 1))
    }
  }

  @Test("at rest is only what lies at the end that gives `from`")
  func rest() throws {
    let throttle = try map(StickSettings(input: 3, from: 0, to: 1, mustRest: true))
    #expect(throttle.isAtRest(7_904) && throttle.isAtRest(7_950))
    #expect(!throttle.isAtRest(9_000) && !throttle.isAtRest(12_000) && !throttle.isAtRest(16_096))
    let reversed = try map(StickSettings(input: 3, from: 0, to: 1, isReversed: true, mustRest: true))
    #expect(reversed.isAtRest(16_096) && !reversed.isAtRest(7_904))
  }

  @Test("ends in no order, a dead band of all, and a curve beyond cubic are refused")
  func refused() {
    for settings in [
      StickSettings(input: 1, from: 0, to: 1, ends: [100, 100, 200]),
      StickSettings(input: 1, from: 0, to: 1, ends: [300, 200, 100]),
      StickSettings(input: 1, from: 0, to: 1, ends: [1, 2]),
      StickSettings(input: 1, from: 0, to: 1, deadBand: 1),
      StickSettings(input: 1, from: 0, to: 1, deadBand: -0.1),
      StickSettings(input: 1, from: 0, to: 1, expo: 1.1),
    ] {
      #expect(throws: StickScalingError.self) { try map(settings) }
    }
    #expect(throws: StickScalingError.self) {
      try SwitchMap(SwitchSettings(input: 1, above: 0.5, below: 0.5), ends: [0, 1, 2])
    }
  }

  @Test("a switch of three places is on in its own, and noise at a border changes nothing")
  func switches() throws {
    let middle = try SwitchMap(
      SwitchSettings(input: 6, above: -0.4, below: 0.4), ends: StickMap.receiverEnds)
    #expect(!middle(7_904, previous: false) && middle(12_000, previous: false))
    #expect(!middle(16_096, previous: false) && !middle(16_096, previous: true))
    // The border is at 12000 + 0.4 · 4096.
    let border = Int32(13_638)
    #expect(!middle(border + 20, previous: false) && middle(border + 20, previous: true))
    #expect(!middle(border + 300, previous: true))
    for isOn in [true, false] { #expect(middle(middle.raw(for: isOn), previous: !isOn) == isOn) }
    let button = try SwitchMap(SwitchSettings(input: 304, isButton: true), ends: [0, 1, 2])
    #expect(button(1, previous: false) && !button(0, previous: true))
  }
}
