import Synchronization

/// Something that stands in a table under a name.
public protocol NamedRow: Sendable {
  /// Its name in a configuration.
  var name: String { get }
}

/// Why a row cannot be added to a table.
public struct RowError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Cause: Equatable, Sendable {
    /// The table has been read already: references, checks and drivers may have been made of it.
    case late
    /// There is a row of that name.
    case taken
  }

  /// What is wrong.
  public var cause: Cause
  /// The row's name.
  public var name: String

  /// All of it in one line.
  public var description: String {
    switch cause {
    case .late: "\(name): the table has been read already; add rows before the first configuration is read"
    case .taken: "\(name): the table has a row of that name; give it another"
    }
  }
}

/// The rows of a table: those that Ganglion has, and those that another program adds before the table is first read.
public final class Rows<Row: NamedRow>: RandomAccessCollection, Sendable {
  private struct State {
    var rows: [Row]
    var isRead = false
  }

  private let state: Mutex<State>

  /// A table of Ganglion's own rows.
  package init(_ rows: [Row]) { state = Mutex(State(rows: rows)) }

  /// The rows, in the order in which they are told.
  public var all: [Row] {
    state.withLock { state in
      state.isRead = true
      return state.rows
    }
  }

  /// Adds a row behind the others.
  ///
  /// - Throws: `RowError` when the table was read before, or has such a name.
  public func add(_ row: Row) throws(RowError) {
    let cause: RowError.Cause? = state.withLock { state in
      if state.rows.contains(where: { $0.name == row.name }) { return .taken }
      if state.isRead { return .late }
      state.rows.append(row)
      return nil
    }
    if let cause { throw RowError(cause: cause, name: row.name) }
  }

  /// The row of a name; `nil` when there is none.
  public func named(_ name: String) -> Row? { all.first { $0.name == name } }

  /// See `RandomAccessCollection`.
  public var startIndex: Int { 0 }
  /// See `RandomAccessCollection`.
  public var endIndex: Int { all.count }
  /// See `RandomAccessCollection`.
  public subscript(place: Int) -> Row { all[place] }
}
