import FlightLog
import LiquidModel

/// Why a vehicle cannot be loaded, flown, replayed or calibrated: where, what happened, what to do.
public struct VehicleError: Error, CustomStringConvertible, Sendable, Equatable {
  /// Where; `nil` when the cause says it.
  public var place: String?
  /// What happened.
  public var cause: String
  /// What its reader can do; `nil` when the cause says it.
  public var remedy: String?

  /// An error from its parts, each a phrase without a full stop.
  public init(place: String? = nil, _ cause: String, remedy: String? = nil) {
    (self.place, self.cause, self.remedy) = (place, cause, remedy)
  }

  /// What is wrong with the model in `file`.
  public init(_ error: ModelError, in file: String) {
    self.init(
      place: error.place == file ? file : "\(file), \(error.place)", error.cause, remedy: error.remedy)
  }

  /// What is wrong with the log in `file`, which stands in front once.
  public init(_ error: LogError, in file: String) {
    let offset = error.offset.map { ", byte \($0)" } ?? ""
    var what = error.what[...]
    if what.hasPrefix(file) {
      what = what.dropFirst(file.count)
      what = what.drop { $0 == ":" || $0 == " " }
    }
    var remedy = error.remedy
    if remedy.hasSuffix(".") { remedy.removeLast() }
    self.init(place: file + offset, String(what), remedy: remedy.prefix(1).lowercased() + remedy.dropFirst())
  }

  /// Cause and remedy.
  public var message: String { cause + (remedy.map { "; \($0)" } ?? "") }

  /// All of it in one line.
  public var description: String {
    (place.map { "\($0): " } ?? "") + message
  }
}
