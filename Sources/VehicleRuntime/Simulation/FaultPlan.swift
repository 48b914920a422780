import Files
import Signals
import SimulatedHardware

/// The faults that a command line asks for, as a list with commas between.
struct FaultPlan: Sendable {
  /// One of them, and how it is written.
  struct Entry: Sendable {
    var text: String
    var fault: FaultInjection
  }

  let entries: [Entry]

  /// Reads `text`; `targets` are the chips that can fail.
  init(parsing text: String, targets: [String]) throws(VehicleError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var entries: [Entry] = []
    for (index, part) in parts.enumerated() {
      do throws(FaultSyntaxError) {
        entries.append(Entry(text: part, fault: try FaultInjection(parsing: part, targets: targets)))
      } catch {
        let place = parts.count == 1 ? "--fault" : "--fault, part \(index + 1) of \(parts.count)"
        throw VehicleError(place: place, "\(error)", remedy: Self.nearest(error))
      }
    }
    self.entries = entries
  }

  private static func nearest(_ error: FaultSyntaxError) -> String? {
    let name: String? =
      switch error {
      case .target(let name, let known): nearestName(to: name, among: known)
      case .kind(let name): nearestName(to: name, among: FaultKind.allCases.map(\.rawValue))
      case .form, .time, .noTime, .pointInTime: nil
      }
    return name.map { "did you mean '\($0)'?" }
  }

  /// Those that have shown nothing in a run that ended at `end`, in ns, and why: they did not strike, or are none that the chip
  /// can have.
  func withoutEffect(endingAt end: Int64, on board: SimulatedBoard) -> [String] {
    entries.compactMap { entry in
      let kinds = board.faultKinds(of: entry.fault.target)
      if !kinds.contains(entry.fault.kind) {
        return
          "\(entry.text) did nothing: this chip knows only \(kinds.map(\.rawValue).joined(separator: ", "))"
      }
      guard entry.fault.start * 1e9 > Double(end) else { return nil }
      return
        "\(entry.text) did not strike: the run ended after \(formatted("%.3f", Double(end) * 1e-9)) s"
    }
  }
}
