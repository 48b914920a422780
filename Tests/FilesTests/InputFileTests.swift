import Files
import Foundation
import Testing

@Suite struct InputFileTests {
  @Test func aFileIsReadWhole() throws {
    try withFolder { folder in
      try write("some bytes", folder + "/a")
      #expect(try InputFile.bytes(path: folder + "/a", limit: 10) == Array("some bytes".utf8))
      try write("", folder + "/empty")
      #expect(try InputFile.bytes(path: folder + "/empty", limit: 10) == [])
    }
  }

  @Test func aFileBeyondTheLimitIsNotRead() throws {
    try withFolder { folder in
      try write("some bytes", folder + "/a")
      let error = failure { _ = try InputFile.bytes(path: folder + "/a", limit: 9) }
      #expect(error?.cause == .tooLarge)
      #expect(error?.path == folder + "/a")
      #expect(error?.what == "has 10 bytes, more than the 9 that are read")
    }
  }

  @Test(.timeLimit(.minutes(1))) func whatIsNoRegularFileIsRefusedWithoutWaiting() throws {
    try withFolder { folder in
      try #require(mkfifo(folder + "/pipe", 0o600) == 0)
      for (path, what) in [
        (folder + "/pipe", "is a FIFO, not a regular file"), ("/dev/zero", "is a device, not a regular file"),
        (folder, "is a folder, not a regular file"),
      ] {
        let error = failure { _ = try InputFile(path: path) }
        #expect(error?.cause == .notRegular)
        #expect(error?.what == what)
      }
      let error = failure { _ = try InputFile(path: folder + "/nothing") }
      #expect(error?.cause == .system(errno: ENOENT))
      #expect(
        error?.description == "\(folder)/nothing: cannot open it: No such file or directory; check the path")
    }
  }

  @Test func aFileThatShrinksIsAnError() throws {
    try withFolder { folder in
      let path = folder + "/a"
      try write(String(repeating: "x", count: 10_000), path)
      let file = try InputFile(path: path)
      #expect(file.count == 10_000)
      try #require(truncate(path, 4000) == 0)
      let error = failure { _ = try file.bytes(limit: 1 << 20) }
      #expect(error?.cause == .shrunk)
      #expect(error?.what == "ends at byte 4000, but had 10000 bytes when it was opened")
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
      defer { buffer.deallocate() }
      let short = failure { try file.fill(buffer, at: 3950) }
      #expect(short?.cause == .shrunk)
      #expect(try file.bytes(from: 3990, count: 100).count == 10)
    }
  }

  @Test func whatTheSystemDoesNotGiveIsAnErrorWithItsPlace() throws {
    // A process's memory is a regular file whose first page cannot be read: the kernel says EIO.
    let file = try InputFile(path: "/proc/self/mem")
    let error = failure { _ = try file.bytes(from: 0, count: 16) }
    #expect(error?.cause == .system(errno: EIO))
    #expect(error?.what == "cannot read it at byte 0: Input/output error")
    #expect(error?.remedy.contains("dmesg") == true)
  }

  @Test func theKernelsFilesHaveNoSizeAndAreRead() throws {
    #expect(try InputFile.bytes(path: "/proc/self/stat", limit: 1 << 16).count > 20)
  }

  @Test func placesBeyondFourGiBAreRead() throws {
    try withFolder { folder in
      let path = folder + "/long"
      let offset = (5 << 30) + 7
      let handle = try #require(fopen(path, "w"))
      defer { fclose(handle) }
      try #require(fseeko(handle, offset, SEEK_SET) == 0 && fputs("here", handle) >= 0 && fflush(handle) == 0)
      let file = try InputFile(path: path)
      #expect(file.count == offset + 4)
      #expect(try file.bytes(from: offset, count: 10) == Array("here".utf8))
    }
  }
}
