import Files
import Foundation
import LiquidCore
import LiquidModel
import VehicleRuntime

/// A model as source for a microcontroller.
struct EmbeddedSource {
  /// What it is written in.
  enum Language: String {
    case c, swift
  }

  let imageByteCount: Int
  let workspaceByteCount: Int
  private let file: ModelFile
  private let title: String
  private let words: [String]
  private let image: [UInt8]

  /// The source of a model, under a name or else its title.
  ///
  /// - Throws: `ModelError` for a model that could not be run.
  init(_ file: ModelFile, title: String, name: String?) throws(ModelError) {
    let network = try NetworkRuntime(file)
    (imageByteCount, workspaceByteCount) = (network.imageByteCount, network.workspaceByteCount)
    image = network.withImage { [UInt8]($0) }
    (self.file, self.title) = (file, title)
    words = Self.words(of: name ?? title)
  }

  /// The words of a name: letters and digits of ASCII, each beginning after anything else.
  private static func words(of name: String) -> [String] {
    let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map { $0.lowercased() }
    // An identifier cannot begin with a digit, nor with nothing.
    guard let first = words.first, first.first?.isLetter == true else { return ["model"] + words }
    return words
  }

  private var snakeCase: String { words.joined(separator: "_") }
  private var upperCase: String { snakeCase.uppercased() }
  private var camelCase: String {
    let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return Self.takenNames.contains(name) ? name + "Model" : name
  }

  /// Names that Swift keeps for itself, and those of the types in the source, which would be hidden.
  private static let takenNames = [
    "Any", "Error", "Failure", "InlineArray", "Int", "Protocol", "Result", "Self", "Type", "UInt64",
    "UnsafeRawBufferPointer",
  ]

  /// What is worth knowing, line by line, for a comment.
  private var description: [String] {
    func ports(_ ports: [LiquidModel.NetworkModel.Port]) -> [String] {
      ports.enumerated().map { index, port in
        let name = port.name.isEmpty ? "(unnamed)" : port.name
        return String(
          format: "  %3d  %@ [%@] %g to %g", index, name, port.unit, port.minimum, port.maximum)
      }
    }
    var lines = [
      "\(title): a liquid network of \(file.architecture.neurons) neurons in \(file.arithmetic.rawValue), "
        + "for LiquidCore of Ganglion.",
      "", "Written by ganglion embed (ganglion \(ganglionVersion)); do not edit.", "",
      "sha256 of the model file's \(file.seal?.coverage == .tensors ? "tensors:  " : "content:  ")\(file.digest)",
      "sha256 of the image:                 \(SHA256.hexDigest(of: image))", "",
      "Inputs:",
    ]
    lines += ports(file.inputs)
    lines += ["", "Outputs:"] + ports(file.outputs) + [""]
    lines.append(
      String(
        format: "Elapsed time: ts = 1 is %g s; ts from %g to %g.", file.timeUnit, file.minimumTs,
        file.maximumTs))
    if !file.provenance.isEmpty {
      lines += ["", "Provenance:"]
      lines += file.provenance.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    }
    return lines.map(Self.commented)
  }

  /// A text that cannot leave its comment, in C or in Swift: names and notes in a file may hold anything.
  static func commented(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(400) {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
        result += "\u{FFFD}"
      default:
        // The ends of comments, and trigraphs.
        let isRisky = result.last.map { "*/?".contains($0) } ?? false
        if isRisky, "*/?".unicodeScalars.contains(scalar) { result += " " }
        result.unicodeScalars.append(scalar)
      }
    }
    return text.unicodeScalars.count > 400 ? result + " ..." : result
  }

  /// Declarations for C and C++.
  var cHeader: String {
    let comment = description.map { $0.isEmpty ? " *" : " * \($0)" }.joined(separator: "\n")
    return """
      /*
      \(comment)
       *
       * To run it, with liquid_core.h (docs/microcontroller.md tells the rest):
       *
       *   static uint64_t network[LIQUID_NETWORK_WORDS];
       *   static uint64_t workspace[\(upperCase)_WORKSPACE_WORDS];
       *   float inputs[\(upperCase)_INPUTS], outputs[\(upperCase)_OUTPUTS];
       *
       *   int error = liquid_network_open(
       *       network, sizeof network, \(snakeCase)_image, sizeof \(snakeCase)_image, workspace, sizeof workspace);
       *   ... each period, with the time since the last one in units of ts:
       *   error = liquid_network_step(network, inputs, \(upperCase)_INPUTS, ts, outputs, \(upperCase)_OUTPUTS);
       *
       * The image is in little-endian byte order, as Cortex-M, RISC-V, AArch64, x86 and WebAssembly have it.
       */
      #ifndef \(upperCase)_H
      #define \(upperCase)_H

      #define \(upperCase)_INPUTS \(file.inputs.count)
      #define \(upperCase)_OUTPUTS \(file.outputs.count)
      #define \(upperCase)_IMAGE_BYTES \(imageByteCount)
      #define \(upperCase)_WORKSPACE_WORDS \((workspaceByteCount + 7) / 8)

      #if defined(__GNUC__)
      #define \(upperCase)_ALIGNED __attribute__((aligned(\(ImageLayout.alignment))))
      #elif defined(__cplusplus)
      #define \(upperCase)_ALIGNED alignas(\(ImageLayout.alignment))
      #else
      #define \(upperCase)_ALIGNED _Alignas(\(ImageLayout.alignment))
      #endif

      #ifdef __cplusplus
      extern "C"
      #else
      extern
      #endif
      \(upperCase)_ALIGNED const unsigned char \(snakeCase)_image[\(upperCase)_IMAGE_BYTES];

      #endif

      """
  }

  /// The definition for C; the declarations must stand before it.
  var cImage: String {
    var text = """
      #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
      #error "the image of a network is in little-endian byte order"
      #endif

      \(upperCase)_ALIGNED const unsigned char \(snakeCase)_image[\(upperCase)_IMAGE_BYTES] = {

      """
    for start in stride(from: 0, to: image.count, by: 24) {
      text += "  " + image[start..<min(start + 24, image.count)].map { "\($0)," }.joined() + "\n"
    }
    return text + "};\n"
  }

  /// The whole in Swift.
  var swift: String {
    let comment = description.map { $0.isEmpty ? "///" : "/// \($0)" }.joined(separator: "\n")
    let words = stride(from: 0, to: image.count, by: 8).map { start in
      image[start..<min(start + 8, image.count)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    var text = """
      \(comment)
      ///
      /// To run it (docs/microcontroller.md tells the rest):
      ///
      ///     var workspace = InlineArray<\((workspaceByteCount + 7) / 8), UInt64>(repeating: 0)  // a global
      ///     \(camelCase).withImage { image in
      ///       var network = try Network<\(arithmetic)>(image: image, workspace: workspaceBytes)
      ///       ... each period, with the time since the last one in units of ts:
      ///       try network.step(inputs: inputs, ts: ts, outputs: &outputs)
      ///     }
      ///
      /// The image is in little-endian byte order, as Cortex-M, RISC-V, AArch64, x86 and WebAssembly have it.
      enum \(camelCase) {
        static var inputCount: Int { \(file.inputs.count) }
        static var outputCount: Int { \(file.outputs.count) }
        static var imageByteCount: Int { \(imageByteCount) }
        static var workspaceByteCount: Int { \(workspaceByteCount) }

        /// Calls `body` with the image, where it lies.
        static func withImage<Result, Failure: Error>(
          _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
          try words.span.withUnsafeBytes(body)
        }
      }

      // Words, because compilers take their time for each element. A global, because only a global's span lies in
      // read-only memory; that of a type's property is a copy on the stack.
      private let words: InlineArray<\(words.count), UInt64> = [

      """
    for start in stride(from: 0, to: words.count, by: 5) {
      let row = words[start..<min(start + 5, words.count)].map { "0x" + String($0, radix: 16) }
      text += "  " + row.joined(separator: ", ") + ",\n"
    }
    return text + "]\n"
  }

  private var arithmetic: String {
    switch file.arithmetic {
    case .float32: "Float32Arithmetic"
    case .float16: "Float16Arithmetic"
    case .int16, .int8: "FixedPointArithmetic"
    }
  }

  /// What was written.
  var json: [String: Any] {
    [
      "name": snakeCase, "arithmetic": file.arithmetic.rawValue, "image_bytes": imageByteCount,
      "workspace_bytes": workspaceByteCount, "image_sha256": SHA256.hexDigest(of: image),
      "sha256": file.digest,
    ]
  }
}
