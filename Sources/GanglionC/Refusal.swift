import CGanglion
import LiquidCore
import LiquidModel

/// Why a call is refused: a status for the program, a text for people.
enum Refusal: Error {
  /// The pointer of that name is null.
  case null(StaticString)
  /// So many elements of something where so many are needed.
  case length(StaticString, found: Int, expected: Int)
  /// A step that the network does not take; with the row, where there are several.
  case network(NetworkError, row: Int? = nil)
  /// A file that is none or that cannot be run.
  case model(ModelError)
  /// A kernel that is not here.
  case kernel(String, available: [String])
  /// A function of fixed point, on a network that is computed otherwise.
  case floatingPoint(ModelFile.Arithmetic)

  var status: ganglion_status {
    switch self {
    case .null: ganglion_status(GANGLION_NULL)
    case .length: ganglion_status(GANGLION_LENGTH)
    case .network(let error, _):
      switch error {
      case .inputCount, .outputCount, .stateByteCount: ganglion_status(GANGLION_LENGTH)
      case .nonFiniteInput, .nonFiniteState: ganglion_status(GANGLION_NOT_FINITE)
      case .nonFiniteResult: ganglion_status(GANGLION_OVERFLOW)
      case .elapsedTime: ganglion_status(GANGLION_ELAPSED_TIME)
      }
    case .model: ganglion_status(GANGLION_MODEL)
    case .kernel: ganglion_status(GANGLION_KERNEL)
    case .floatingPoint: ganglion_status(GANGLION_ARITHMETIC)
    }
  }

  var text: String {
    switch self {
    case .null(let name): "\(name) is null"
    case .length(let name, let found, let expected):
      // A length beyond Int arrives as a negative number.
      found < 0 ? "\(name) has more elements than memory" : "\(name) has \(found) elements, not \(expected)"
    case .network(let error, nil): "\(error)"
    case .network(let error, let row?): "row \(row): \(error)"
    case .model(let error): error.description
    case .kernel(let name, let available):
      "kernel \(name.debugDescription) is not available here; there are \(available.joined(separator: ", "))"
    case .floatingPoint(let arithmetic):
      "the network is computed in \(arithmetic.rawValue), and only int16 and int8 have integers"
    }
  }
}

/// What a status means; a constant, valid for ever.
@_cdecl("ganglion_status_text")
public func statusText(_ status: ganglion_status) -> UnsafePointer<CChar>? {
  let text: StaticString =
    switch Int(status) {
    case Int(GANGLION_OK): "no error"
    case Int(GANGLION_NULL): "a pointer is null"
    case Int(GANGLION_LENGTH): "an array has the wrong length"
    case Int(GANGLION_NOT_FINITE): "a number is not finite"
    case Int(GANGLION_ELAPSED_TIME): "the elapsed time ts is not a finite number from 0 on"
    case Int(GANGLION_MODEL): "the model file cannot be run"
    case Int(GANGLION_KERNEL): "there is no such kernel here"
    case Int(GANGLION_ARITHMETIC): "the network is computed in another arithmetic"
    case Int(GANGLION_OVERFLOW): "the result of the step would not be finite"
    default: "not a status of Ganglion"
    }
  return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
