import CGanglion
import LiquidModel

/// See `ganglion.h`.
@_cdecl("ganglion_open_file")
public func openFile(
  _ path: UnsafePointer<CChar>?, _ kernel: UnsafePointer<CChar>?,
  _ network: UnsafeMutablePointer<OpaquePointer?>?, _ text: UnsafeMutablePointer<CChar>?, _ textSize: Int
) -> ganglion_status {
  open(kernel, network, text, textSize) { () throws(Refusal) in
    guard let path else { throw .null("path") }
    return try ModelFile.read(at: String(cString: path))
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_open_memory")
public func openMemory(
  _ bytes: UnsafeRawPointer?, _ size: Int, _ kernel: UnsafePointer<CChar>?,
  _ network: UnsafeMutablePointer<OpaquePointer?>?, _ text: UnsafeMutablePointer<CChar>?, _ textSize: Int
) -> ganglion_status {
  open(kernel, network, text, textSize) { () throws(Refusal) in
    guard let bytes else { throw .null("bytes") }
    // Before the bytes are copied.
    guard (0...Safetensors.maximumFile).contains(size) else {
      throw .length("bytes", found: size, expected: Safetensors.maximumFile)
    }
    do throws(ModelError) {
      return try ModelFile.read([UInt8](UnsafeRawBufferPointer(start: bytes, count: size)))
    } catch {
      throw .model(error)
    }
  }
}

/// Opens what `read` gives.
private func open(
  _ kernel: UnsafePointer<CChar>?, _ network: UnsafeMutablePointer<OpaquePointer?>?,
  _ text: UnsafeMutablePointer<CChar>?, _ textSize: Int, _ read: () throws(Refusal) -> ModelFile
) -> ganglion_status {
  network?.pointee = nil
  return explaining(text, textSize) { () throws(Refusal) in
    guard let network else { throw .null("network") }
    let file = try read()
    let opened = try OpenNetwork(file, kernel: kernel.map { String(cString: $0) })
    let pointer = UnsafeMutablePointer<OpenNetwork>.allocate(capacity: 1)
    pointer.initialize(to: opened)
    network.pointee = OpaquePointer(pointer)
    if let note = file.sealNote { write(note, to: text, size: textSize) }
  }
}

/// Runs `body`; what it refuses is written to the caller's `text`.
func explaining(
  _ text: UnsafeMutablePointer<CChar>?, _ size: Int, _ body: () throws(Refusal) -> Void
) -> ganglion_status {
  do throws(Refusal) {
    write("", to: text, size: size)
    try body()
    return ganglion_status(GANGLION_OK)
  } catch {
    write(error.text, to: text, size: size)
    return error.status
  }
}

extension ModelFile {
  /// The model in the file at `path`.
  static func read(at path: String) throws(Refusal) -> ModelFile {
    do throws(ModelError) {
      return try read(path: path)
    } catch {
      throw .model(error)
    }
  }
}

/// See `ganglion.h`.
@_cdecl("ganglion_close")
public func close(_ network: OpaquePointer?) {
  guard let network else { return }
  let pointer = UnsafeMutablePointer<OpenNetwork>(network)
  pointer.deinitialize(count: 1)
  pointer.deallocate()
}

/// See `ganglion.h`.
@_cdecl("ganglion_error_text")
public func errorText(_ network: OpaquePointer?) -> UnsafePointer<CChar>? {
  guard let network else { return statusText(ganglion_status(GANGLION_NULL)) }
  return UnsafePointer(UnsafeMutablePointer<OpenNetwork>(network).pointee.error.start)
}
