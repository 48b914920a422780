import Files
import Foundation
import Testing

@Suite struct OutputFileTests {
  @Test func nothingStandsThereBeforeItIsWhole() throws {
    try withFolder { folder in
      let path = folder + "/a"
      let file = try OutputFile(path: path)
      try file.write(Array("all".utf8))
      #expect(!FileManager.default.fileExists(atPath: path))
      // Where there are files without a name (O_TMPFILE) not even a process that is killed leaves one.
      let unnamed = open(folder, O_WRONLY | 0o20000000 | O_DIRECTORY, 0o600)
      #expect(try contents(folder).count == (unnamed >= 0 ? 0 : 1))
      if unnamed >= 0 { close(unnamed) }
      try file.commit()
      #expect(try text(path) == "all")
      #expect(try contents(folder) == ["a"])
    }
  }

  @Test func whatIsGivenUpLeavesNothing() throws {
    try withFolder { folder in
      let path = folder + "/a"
      try write("old", path)
      do {
        let file = try OutputFile(path: path, replacing: true)
        try file.write(Array("half".utf8))
      }
      #expect(try text(path) == "old")
      #expect(try contents(folder) == ["a"])
    }
  }

  @Test func aFileIsReplacedOnlyWhenToldTo() throws {
    try withFolder { folder in
      let path = folder + "/a"
      try write("old", path)
      chmod(path, 0o640)
      let error = failure { try OutputFile.write([1], path: path) }
      #expect(error?.cause == .exists)
      #expect(error?.description == "\(path): is there already; name another file, or say --replace")
      #expect(try text(path) == "old")
      try OutputFile.write(Array("new".utf8), path: path, replacing: true)
      #expect(try text(path) == "new")
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
      #expect(try contents(folder) == ["a"])
    }
  }

  @Test func aFileThatComesThereMeanwhileStays() throws {
    try withFolder { folder in
      let path = folder + "/a"
      let file = try OutputFile(path: path)
      try file.write([1])
      try write("quicker", path)
      #expect(failure { try file.commit() }?.cause == .exists)
      #expect(try text(path) == "quicker")
      #expect(try contents(folder) == ["a"])
    }
  }

  @Test func anInputIsNeverReplacedWhateverItIsCalled() throws {
    try withFolder { folder in
      let path = folder + "/input"
      try write("precious", path)
      try #require(link(path, folder + "/hard") == 0)
      try #require(symlink(path, folder + "/soft") == 0)
      try #require(symlink(folder + "/soft", folder + "/softer") == 0)
      try FileManager.default.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
      for other in ["/input", "/hard", "/soft", "/softer", "/./input", "/sub/../input", "//input"] {
        for replacing in [true, false] {
          let error = failure {
            try OutputFile.write([1], path: folder + other, replacing: replacing, inputs: ["/nothing", path])
          }
          #expect(error?.cause == .isInput, "\(other)")
        }
      }
      // And the other way about: the input is named by a link.
      #expect(
        failure { try OutputFile.write([1], path: path, replacing: true, inputs: [folder + "/softer"]) }?
          .cause == .isInput)
      #expect(try text(path) == "precious")
      #expect(try contents(folder) == ["hard", "input", "soft", "softer", "sub"])
    }
  }

  @Test func aLinkStaysALinkAndItsFileIsReplaced() throws {
    try withFolder { folder in
      try write("old", folder + "/file")
      try #require(symlink("file", folder + "/link") == 0)
      #expect(failure { try OutputFile.write([1], path: folder + "/link") }?.cause == .exists)
      try OutputFile.write(Array("new".utf8), path: folder + "/link", replacing: true)
      #expect(try text(folder + "/file") == "new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == "file")
      try #require(symlink("nowhere", folder + "/dangling") == 0)
      #expect(failure { try OutputFile.write([1], path: folder + "/dangling") }?.cause == .exists)
    }
  }

  @Test func foldersAndPlacesThatAreNotThereAreRefused() throws {
    try withFolder { folder in
      #expect(failure { try OutputFile.write([1], path: folder, replacing: true) }?.cause == .notRegular)
      let path = folder + "/missing/a"
      #expect(failure { try OutputFile.check(path: path) }?.cause == .system(errno: ENOENT))
      #expect(failure { try OutputFile.write([1], path: path) }?.cause == .system(errno: ENOENT))
      let long = failure {
        try OutputFile.write([1], path: folder + "/" + String(repeating: "n", count: 300))
      }
      #expect(long?.cause == .system(errno: ENAMETOOLONG))
      let left = try contents(folder)
      #expect(left.isEmpty)
    }
  }

  @Test func severalFilesComeTogetherOrNotAtAll() throws {
    try withFolder { folder in
      let (first, second) = (try OutputFile(path: folder + "/a"), try OutputFile(path: folder + "/b"))
      try first.write([1])
      try second.write([2])
      try write("in the way", folder + "/b")
      #expect(failure { try OutputFile.commit([first, second]) }?.cause == .exists)
      #expect(try contents(folder) == ["b"])
      #expect(try text(folder + "/b") == "in the way")
    }
  }

  @Test func aGrowingFileIsThereFromTheStart() throws {
    try withFolder { folder in
      let path = folder + "/log"
      do {
        let file = try OutputFile(path: path, placement: .growing)
        try file.write(Array("first".utf8))
        #expect(try text(path) == "first")
      }
      // It was not finished, as in a power cut: what there is stays.
      #expect(try text(path) == "first")
      #expect(failure { _ = try OutputFile(path: path, placement: .growing) }?.cause == .exists)
      let next = try OutputFile(path: path, replacing: true, placement: .growing)
      try next.write(Array("second".utf8))
      #expect(try text(path) == "first")
      try next.commit()
      #expect(try text(path) == "second")
      let live = try OutputFile(path: path, replacing: true, placement: .live)
      try live.write(Array("third".utf8))
      #expect(try text(path) == "third")
      #expect(try contents(folder) == ["log"])
      try live.commit()
      #expect(try text(path) == "third")
    }
  }

  @Test(.timeLimit(.minutes(1))) func aReaderThatGoesIsAnErrorAndNoSignal() throws {
    try withFolder { folder in
      let path = folder + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      try #require(reader >= 0)
      let file = try OutputFile(path: path)
      try file.write([1, 2, 3])
      close(reader)
      let error = failure { try file.write([4]) }
      #expect(error?.cause == .system(errno: EPIPE))
      #expect(try contents(folder) == ["pipe"])
    }
  }

  @Test func aFullDiskIsAnError() throws {
    let file = try OutputFile(path: "/dev/full")
    #expect(failure { try file.write([1]) }?.cause == .system(errno: ENOSPC))
  }
}
