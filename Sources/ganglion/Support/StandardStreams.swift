#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Standard input, output and error as a program finds them, which may be anything.
enum StandardStreams {
  /// To be called before anything else is opened.
  ///
  /// A stream that the caller has closed would give its number to the next file that is opened, and what is meant for the
  /// terminal would go into a log: such a stream becomes one that cannot be used. A reader who has gone is an error of
  /// writing, not a signal that kills.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for (stream, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(stream, F_GETFD) < 0 {
      // The lowest free number is this one, since those below it are in use by now.
      _ = open("/dev/null", mode)
    }
  }

  /// Writes all of `bytes`; 0 or the error number.
  static func write(_ bytes: UnsafeRawBufferPointer, to stream: Int32) -> Int32 {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      #if canImport(Glibc)
        let count = Glibc.write(stream, start, rest.count)
      #else
        let count = Musl.write(stream, start, rest.count)
      #endif
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      } else if errno == EAGAIN {
        // A terminal that another program has set not to wait.
        var entry = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  /// Writes a text; 0 or the error number.
  static func write(_ text: String, to stream: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: stream) }
  }
}
