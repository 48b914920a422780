import Files

/// Where the parts of a run's log go, and when each of them is full.
public protocol LogPartSource: AnyObject {
  /// Bytes and ns of log time after which the log goes on in the next part; `nil` for never.
  var largestPart: Int? { get }
  var longestPart: UInt64? { get }
  /// The vehicle's name in its configuration.
  var vehicle: String { get }
  /// Where part `number` goes; 1 is asked for first, and each later one once.
  func sink(part number: Int) throws(LogError) -> any LogSink
}

/// A log that is one file, however long.
public final class SingleLogPart: LogPartSource {
  /// No limit.
  public let largestPart: Int? = nil
  /// No limit.
  public let longestPart: UInt64? = nil
  /// Nobody's: such a log is in no budget.
  public let vehicle = ""
  private let sink: any LogSink

  /// A log in `sink`.
  public init(_ sink: any LogSink) { self.sink = sink }

  /// The one sink.
  public func sink(part number: Int) throws(LogError) -> any LogSink { sink }
}

/// The parts of a run's log as files beside each other, within a budget.
public final class LogFiles: LogPartSource {
  /// Bytes after which the next part begins.
  public let largestPart: Int?
  /// Log time in ns after which it does.
  public let longestPart: UInt64?
  /// The vehicle's name in its configuration.
  public let vehicle: String
  /// Where the first part is.
  public let path: String
  private let replacing: Bool
  private let inputs: [String]
  private let placement: OutputFile.Placement
  private let budget: LogBudget?

  /// Parts of which the first is at `path`.
  ///
  /// - Parameters:
  ///   - replacing: Whether a file that is there may be replaced.
  ///   - inputs: Files that are never replaced.
  public init(
    path: String, vehicle: String, largestPart: Int?, longestPart: UInt64?, budget: LogBudget? = nil,
    replacing: Bool = false, inputs: [String] = [], placement: OutputFile.Placement = .growing
  ) {
    (self.path, self.vehicle) = (path, vehicle)
    (self.largestPart, self.longestPart, self.budget) = (largestPart, longestPart, budget)
    (self.replacing, self.inputs, self.placement) = (replacing, inputs, placement)
  }

  /// Opens the file of a part.
  public func sink(part number: Int) throws(LogError) -> any LogSink {
    let place = LogPart.path(ofPart: number, beside: path, whichIs: 1)
    if number == 1, !replacing {
      // Now, and not in the middle of a flight.
      do throws(FileError) {
        try OutputFile.check(path: LogPart.path(ofPart: 2, beside: path, whichIs: 1))
      } catch {
        // What is wrong with the folder or its disk is said of the first part, whose name was asked for.
        if error.cause == .exists { throw LogError(error) }
      }
    }
    try budget?.makeRoom(beside: place, for: vehicle, room: largestPart ?? 0)
    return try FileLogSink(path: place, replacing: replacing, inputs: inputs, placement: placement)
  }
}
