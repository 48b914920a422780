import Devices
import Files
import HardwareInterfaces

/// A stream of MAVLink. The first byte says whether checksums are put right first, and signatures; whether they are asked for; and how the
/// stream is cut.
@Sendable func fuzzMAVLink(_ input: UnsafeRawBufferPointer) {
  guard let first = input.first else { return }
  var bytes = Array(input.dropFirst())
  let key = Array(1...32) as [UInt8]
  if first & 1 != 0 { repairMAVLink(&bytes, key: first & 2 != 0 ? key : nil) }
  var verifier: MAVLink.Verifier?
  if first & 4 != 0, let key = MAVLink.Key(key.span) { verifier = MAVLink.Verifier(key: key, newest: 0) }
  let whole = frames(bytes, MAVLink.Parser(verifier: verifier), piece: bytes.count, pauses: false)
  let cut = frames(bytes, MAVLink.Parser(verifier: verifier), piece: 1 + Int(first >> 3), pauses: false)
  require(whole.0 == cut.0 && whole.1 == cut.1, "it matters how a stream is cut: \(whole.1) and \(cut.1)")
  _ = frames(bytes, MAVLink.Parser(verifier: verifier), piece: 1 + Int(first >> 3), pauses: true)
}

/// Reads all frames, in pieces. Returns which they were, and the counts.
private func frames(
  _ bytes: [UInt8], _ fresh: MAVLink.Parser, piece: Int, pauses: Bool
) -> ([UInt32], MAVLink.Statistics) {
  let nothing: [UInt8] = []
  var (parser, rest, time, found) = (fresh, bytes[...], Int64(0), [UInt32]())
  while !rest.isEmpty {
    var part = Array(rest.prefix(piece))
    rest = rest.dropFirst(part.count)
    while !part.isEmpty {
      let taken = parser.append(part.span, at: MonotonicTime(nanoseconds: time))
      part.removeFirst(taken)
      while let frame = parser.next() {
        found.append(frame.message << 8 | UInt32(frame.sequence))
        check(frame)
      }
      require(taken > 0, "a parser that was emptied has no room")
    }
    if pauses {
      time &+= 40_000_000
      _ = parser.append(nothing.span, at: MonotonicTime(nanoseconds: time &+ 20_000_000))
      while let frame = parser.next() { check(frame) }
    }
  }
  let counts = parser.statistics
  require(Int(counts.skipped) <= bytes.count, "more bytes were skipped than there are")
  require(Int(counts.frames) * 12 <= bytes.count, "there are more frames than bytes for them")
  return (found, counts)
}

/// What is decoded is sent again, with the same bytes as far as the message goes.
private func check(_ frame: MAVLink.Frame) {
  switch frame.message {
  case MAVLink.Heartbeat.id: again(frame, MAVLink.Heartbeat.self)
  case MAVLink.SystemStatus.id: again(frame, MAVLink.SystemStatus.self)
  case MAVLink.ParameterRequest.id: again(frame, MAVLink.ParameterRequest.self)
  case MAVLink.ParameterListRequest.id: again(frame, MAVLink.ParameterListRequest.self)
  case MAVLink.ParameterValue.id: again(frame, MAVLink.ParameterValue.self)
  case MAVLink.ParameterSet.id: again(frame, MAVLink.ParameterSet.self)
  case MAVLink.AttitudeAngles.id: again(frame, MAVLink.AttitudeAngles.self)
  case MAVLink.AttitudeQuaternion.id: again(frame, MAVLink.AttitudeQuaternion.self)
  case MAVLink.LocalPosition.id: again(frame, MAVLink.LocalPosition.self)
  case MAVLink.ServoOutputs.id: again(frame, MAVLink.ServoOutputs.self)
  case MAVLink.ReceiverChannels.id: again(frame, MAVLink.ReceiverChannels.self)
  case MAVLink.ManualControl.id: again(frame, MAVLink.ManualControl.self)
  case MAVLink.ReceiverOverride.id: again(frame, MAVLink.ReceiverOverride.self)
  case MAVLink.CommandInt.id: again(frame, MAVLink.CommandInt.self)
  case MAVLink.CommandLong.id: again(frame, MAVLink.CommandLong.self)
  case MAVLink.CommandAck.id: again(frame, MAVLink.CommandAck.self)
  case MAVLink.SetAttitudeTarget.id: again(frame, MAVLink.SetAttitudeTarget.self)
  case MAVLink.AttitudeTarget.id: again(frame, MAVLink.AttitudeTarget.self)
  case MAVLink.SetPositionTarget.id: again(frame, MAVLink.SetPositionTarget.self)
  case MAVLink.PositionTarget.id: again(frame, MAVLink.PositionTarget.self)
  case MAVLink.HighresIMU.id: again(frame, MAVLink.HighresIMU.self)
  case MAVLink.OpticalFlow.id: again(frame, MAVLink.OpticalFlow.self)
  case MAVLink.TimeSync.id: again(frame, MAVLink.TimeSync.self)
  case MAVLink.DistanceSensor.id: again(frame, MAVLink.DistanceSensor.self)
  case MAVLink.AutopilotVersion.id: again(frame, MAVLink.AutopilotVersion.self)
  case MAVLink.MessageInterval.id: again(frame, MAVLink.MessageInterval.self)
  case MAVLink.ExtendedSystemState.id: again(frame, MAVLink.ExtendedSystemState.self)
  case MAVLink.StatusText.id: again(frame, MAVLink.StatusText.self)
  default: require(false, "message \(frame.message) is given out and not known")
  }
}

private func again<Message: MAVLinkMessage>(_ frame: MAVLink.Frame, _ type: Message.Type) {
  guard let message = try? frame.decode(type) else { return }
  var sender = MAVLink.Sender(system: frame.system, component: frame.component, sequence: frame.sequence)
  guard let packet = try? sender.packet(message) else {
    return require(false, "what was read cannot be sent")
  }
  for place in 0..<Message.length {
    let sent = place + 12 < packet.count ? packet.span[10 + place] : 0
    require(sent == frame.payload[place], "byte \(place) of \(Message.name) is another one")
  }
}
