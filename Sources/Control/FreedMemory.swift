import Glibc

/// Memory that was freed and that the C library keeps for later.
enum FreedMemory {
  /// Gives it back to the system: what reading a large configuration took is several times what is kept of it. Glibc alone
  /// has such a call, and its module does not show it.
  static func release() {
    guard let symbol = dlsym(nil, "malloc_trim") else { return }
    let trim = unsafeBitCast(symbol, to: (@convention(c) (Int) -> CInt).self)
    _ = trim(0)
  }
}
