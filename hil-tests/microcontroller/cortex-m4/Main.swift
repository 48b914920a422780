// The 19-neuron network of the quadrotor, in 8-bit weights, on a bare Cortex-M4: steps it over recorded input and
// writes every output, so that the host's can be compared with them bit for bit.

typealias Model = QuadrotorNcp19Int8

/// The network's state and intermediate results.
nonisolated(unsafe) private var workspace = InlineArray<60, UInt64>(repeating: 0)

@main
struct Firmware {
  static func main() {
    guard board_open_input() != 0, workspace.count * 8 >= Model.workspaceByteCount else {
      return write("no input\n")
    }
    Model.withImage { image in
      withUnsafeMutableBytes(of: &workspace) { workspace in
        do throws(ImageError) {
          var network = try Network<FixedPointArithmetic>(image: image, workspace: workspace)
          run(&network)
        } catch {
          write("the model is refused\n")
        }
      }
    }
  }

  /// Steps through the recorded input: rows of inputs, then ts.
  private static func run(_ network: inout Network<FixedPointArithmetic>) {
    // One number more than inputs: ts.
    var row = InlineArray<13, Float>(repeating: 0)
    var outputs = InlineArray<4, Float>(repeating: 0)
    var (steps, ticks) = (UInt32(0), UInt32(0))
    while read(&row) {
      let ts = row[Model.inputCount]
      let before = board_ticks()
      do throws(NetworkError) {
        var span = outputs.mutableSpan
        try network.step(inputs: row.span.extracting(first: Model.inputCount), ts: ts, outputs: &span)
      } catch {
        return write("a step is refused\n")
      }
      ticks &+= (before &- board_ticks()) & 0xFF_FFFF
      steps &+= 1
      for index in outputs.indices { writeHexadecimal(outputs[index].bitPattern, then: " ") }
      write("\n")
    }
    write("steps ")
    writeDecimal(steps)
    write(" instructions ")
    writeDecimal(ticks &* UInt32(BOARD_TICK))
    write(" stack ")
    writeDecimal(board_stack_used())
    write("\n")
  }

  private static func read(_ row: inout InlineArray<13, Float>) -> Bool {
    withUnsafeMutableBytes(of: &row) { board_read_input($0.baseAddress, UInt32($0.count)) != 0 }
  }

  private static func write(_ text: StaticString) {
    text.withUTF8Buffer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { board_write($0.baseAddress) }
    }
  }

  private static func writeHexadecimal(_ number: UInt32, then end: StaticString) {
    writeDigits(number, radix: 16, least: 8)
    write(end)
  }

  private static func writeDecimal(_ number: UInt32) { writeDigits(number, radix: 10, least: 1) }

  private static func writeDigits(_ number: UInt32, radix: UInt32, least: Int) {
    var text = InlineArray<11, CChar>(repeating: 0)
    var (rest, place) = (number, 10)
    repeat {
      place -= 1
      let digit = CChar(truncatingIfNeeded: rest % radix)
      text[place] = digit &+ (digit < 10 ? 0x30 : 0x57)
      rest /= radix
    } while rest > 0 || 10 - place < least
    withUnsafeBytes(of: &text) { bytes in
      board_write(bytes.baseAddress?.advanced(by: place).assumingMemoryBound(to: CChar.self))
    }
  }
}
