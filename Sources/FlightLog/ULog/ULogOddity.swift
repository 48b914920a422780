/// What is odd about a message that is framed well: it is skipped by its length, counted here, and costs nothing else.
///
/// The raw value reads after a number.
public enum ULogOddity: String, CaseIterable, Sendable {
  /// Flag bits that are short, or not in front of everything.
  case flags = "flag messages that are short or not in front"
  /// A place for appended data that lies inside a message.
  case appended = "places of appended data that lie inside a message"
  /// A place for appended data that is none, or lies outside of the messages.
  case appendedOutside = "places of appended data that are beyond the file, or in front of its messages"
  /// A format without name, with a member that is none, or with an array of a size that no message has.
  case format = "formats that cannot be read"
  /// A format that says something else than the one before it of the same name.
  case formatAgain = "formats declared again in another way"
  /// A format with two fields of one name: which of them is meant is not known.
  case formatTwice = "formats that have a field twice, of which the first is read"
  /// An information without type or name, or whose value does not fit its type.
  case information = "information messages without a type, a name or a value that fits"
  /// A parameter that is none of the two types that the format knows.
  case parameter = "parameters of a type other than int32_t and float, or without a name or a value that fits"
  /// A subscription without a name.
  case subscription = "subscriptions without a topic"
  /// A subscription to a struct that is not declared, or cannot be.
  case subscriptionFormat = "subscriptions to a format that is unknown or impossible"
  /// A subscription beyond the reader's limit.
  case subscriptionLimit = "subscriptions beyond the 4096 that are read"
  /// An unsubscription without a number.
  case unsubscription = "unsubscriptions without a number"
  /// Data of a number that nothing subscribed to.
  case dataUnknown = "data of a topic that was not subscribed to"
  /// Data that are shorter or longer than their format.
  case dataSize = "data that do not fit their topic's format"
  /// A text without level or time.
  case text = "texts without a level or a time"
  /// A dropout without length.
  case dropout = "dropouts without a length"
  /// A synchronisation mark with other bytes.
  case sync = "synchronisation marks with other bytes"
  /// A message of a kind that the format did not have when this was written.
  case unknownKind = "messages of an unknown kind"
}
