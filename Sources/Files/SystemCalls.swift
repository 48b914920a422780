#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The calls whose names this module's own methods have, repeated when a signal interrupts them.
enum SystemCall {
  /// See pread(2).
  static func read(_ descriptor: Int32, _ start: UnsafeMutableRawPointer, _ count: Int, _ offset: Int) -> Int
  {
    while true {
      let result = pread(descriptor, start, count, off_t(offset))
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// See write(2). A reader that has gone, or a limit of file sizes, is an error and not the end of the program: the two
  /// signals are held back from this thread, and taken away.
  static func write(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    #if os(Linux)
      var (signals, before, pending) = (sigset_t(), sigset_t(), sigset_t())
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      sigaddset(&signals, SIGXFSZ)
      // One that waits already is not ours.
      sigpending(&pending)
      pthread_sigmask(SIG_BLOCK, &signals, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      let result = plainWrite(descriptor, start, count)
      let number = errno
      if result < 0, number == EPIPE || number == EFBIG {
        let signal = number == EPIPE ? SIGPIPE : SIGXFSZ
        if sigismember(&pending, signal) == 0 {
          var (one, now) = (sigset_t(), timespec())
          sigemptyset(&one)
          sigaddset(&one, signal)
          while sigtimedwait(&one, nil, &now) < 0, errno == EINTR {}
        }
      }
      errno = number
      return result
    #else
      return plainWrite(descriptor, start, count)
    #endif
  }

  private static func plainWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    while true {
      #if canImport(Glibc)
        let result = Glibc.write(descriptor, start, count)
      #elseif canImport(Musl)
        let result = Musl.write(descriptor, start, count)
      #else
        let result = Darwin.write(descriptor, start, count)
      #endif
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// See close(2); never repeated, since the descriptor is gone either way.
  @discardableResult
  static func close(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.close(descriptor)
    #elseif canImport(Musl)
      Musl.close(descriptor)
    #else
      Darwin.close(descriptor)
    #endif
  }

  /// Syncs a folder, so that what was renamed or made in it is on the disk too. A file system that has no such thing has
  /// done what it can.
  static func synchronizeFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
