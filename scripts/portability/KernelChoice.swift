// Opens a network with one kernel and no other, for programs that have kernels in C. Compiled with LiquidCore's files.

@_cdecl("portability_open")
public func portabilityOpen(
  _ network: UnsafeMutableRawPointer, _ image: UnsafeRawPointer, _ imageByteCount: Int,
  _ workspace: UnsafeMutableRawPointer, _ workspaceByteCount: Int, _ kernel: UInt8
) -> CInt {
  guard let kernel = Kernel(rawValue: kernel) else { return 1 }
  do throws(ImageError) {
    let opened = try EmbeddedNetwork(
      image: UnsafeRawBufferPointer(start: image, count: imageByteCount),
      workspace: UnsafeMutableRawBufferPointer(start: workspace, count: workspaceByteCount), kernel: kernel)
    network.initializeMemory(as: EmbeddedNetwork.self, to: opened)
    return opened.kernel == kernel ? 0 : 1
  } catch {
    return 1
  }
}
