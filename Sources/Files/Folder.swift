#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A folder of the file system.
public enum Folder {
  /// Makes the folder at `path` and those around it, as far as they are not there.
  ///
  /// - Throws: `FileError` naming the folder that could not be made.
  public static func make(_ path: String) throws(FileError) {
    var whole = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      whole += (whole.isEmpty || whole.hasSuffix("/") ? "" : "/") + part
      guard mkdir(whole, 0o777) != 0 else { continue }
      let number = errno
      // Also where it is a link to a folder, or where the one above may not be written to.
      var status = stat()
      if stat(whole, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { continue }
      throw FileError(errno: number == EEXIST ? ENOTDIR : number, whole, "make the folder")
    }
  }
}
