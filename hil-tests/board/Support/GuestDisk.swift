import Glibc

/// A disk of the guest's own, to be filled or to go bad.
struct GuestDisk {
  /// Where it is mounted.
  let folder: String
  /// The file with its blocks; `nil` for one in memory.
  private let image: String?

  /// A disk in memory, of a number of pages of 4 KiB.
  init(memory folder: String, pages: Int) throws(HILError) {
    (self.folder, image) = (folder, nil)
    mkdir(folder, 0o755)
    guard mount("none", folder, "tmpfs", 0, "size=\(4 * pages)k") == 0 else {
      throw HILError("cannot mount a small file system", errno)
    }
  }

  /// A disk of blocks: a copy of the file `blank`, which has an ext4 file system in it.
  init(_ blank: String, at folder: String) throws(HILError) {
    let image = "/tmp/disk"
    (self.folder, self.image) = (folder, image)
    mkdir(folder, 0o755)
    copyFile(blank, image)
    try mountBlocks()
  }

  /// Fills it to its end.
  func fill() throws(HILError) {
    let file = open("\(folder)/filler", O_WRONLY | O_CREAT, 0o644)
    guard file >= 0 else { throw HILError("cannot fill \(folder)", errno) }
    defer { close(file) }
    let page = [UInt8](repeating: 0, count: 4096)
    while write(file, page, page.count) > 0 {}
    guard errno == ENOSPC else { throw HILError("cannot fill \(folder)", errno) }
  }

  /// Makes it read-only in order, which the kernel refuses while a file is open for writing.
  func remountReadOnly() throws(HILError) {
    guard mount("none", folder, "", UInt(MS_REMOUNT | MS_RDONLY), nil) == 0 else {
      throw HILError("cannot make \(folder) read-only", errno)
    }
  }

  /// Why the kernel turns a disk read-only under open files.
  enum Reason {
    /// The file system has met an error. Linux 6.1 then says that it is read-only, 6.12 that nothing goes in or out.
    case error
    /// It was told to, for all disks (SysRq-U): then it goes on to take writes and syncs without a word.
    case order

    /// The file that makes it so when it is written to.
    var trigger: String {
      switch self {
      case .order: "/proc/sysrq-trigger"
      case .error:
        (0..<8).map { "/sys/fs/ext4/loop\($0)/trigger_fs_error" }.first { access($0, W_OK) == 0 } ?? ""
      }
    }
  }

  /// Makes the kernel turn it read-only.
  func turnReadOnly(_ reason: Reason) throws(HILError) {
    let trigger = open(reason.trigger, O_WRONLY)
    guard trigger >= 0, write(trigger, "u", 1) == 1, close(trigger) == 0 else {
      throw HILError("cannot make the kernel turn \(folder) read-only", errno)
    }
    try Bench.wait(for: "the disk to turn read-only") {
      let file = open("\(folder)/trial", O_WRONLY | O_CREAT, 0o644)
      guard file >= 0 else { return errno == EROFS || errno == EIO }
      close(file)
      return false
    }
  }

  /// Mounts it anew, so that what is read comes from its blocks; one in memory is left as it is.
  func reopen() throws(HILError) {
    guard image != nil else { return }
    guard umount(folder) == 0 else { throw HILError("cannot unmount \(folder)", errno) }
    try mountBlocks()
  }

  /// Takes it away.
  func remove() {
    if umount(folder) != 0 { umount2(folder, Int32(MNT_DETACH)) }
    if let image { unlink(image) }
  }

  private func mountBlocks() throws(HILError) {
    guard let image else { return }
    let child = try Child(
      ["/bin/busybox", "mount", "-t", "ext4", "-o", "loop,errors=remount-ro", image, folder],
      output: "/tmp/mount.txt")
    try Bench.wait(for: "the disk to be mounted") { child.poll() != nil }
    guard child.poll() == .exit(0) else { throw HILError("cannot mount a disk: \(child.text)") }
  }
}
