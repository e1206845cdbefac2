#if hasFeature(Embedded)
  import BPFShim
#endif
#if canImport(CTables)
  import CTables
#endif

/// The value itself. In the kernel it takes the way through the port's scratch word, after which the verifier knows
/// nothing about it: the paths that led here are then one path for everything that follows, where they would be
/// verified one by one, and their number multiplies.
@inline(__always)
func forget(_ value: UInt64, _ port: UnsafeMutablePointer<fs_port>) -> UInt64 {
  #if hasFeature(Embedded)
    return fs_forget(&port.pointee.scratch, value)
  #else
    port.pointee.scratch = value
    return value
  #endif
}

@inline(__always)
func forget(_ value: Int, _ port: UnsafeMutablePointer<fs_port>) -> Int {
  Int(truncatingIfNeeded: forget(UInt64(truncatingIfNeeded: value), port))
}

@inline(__always)
func forget(_ value: UInt32, _ port: UnsafeMutablePointer<fs_port>) -> UInt32 {
  UInt32(truncatingIfNeeded: forget(UInt64(truncatingIfNeeded: value), port))
}
