import Glibc

/// How many files the daemon may have open.
enum FileLimit {
  /// Enough for as many clients as are let in (`ServerLimits`), on the control socket and by TCP, and for thousands of
  /// probes.
  private static let wanted: rlim_t = 65536
  /// For all but clients.
  private static let reserved = 400

  /// As many as the hard limit lets it have: a shell gives 1024, which clients alone could fill.
  /// - Returns: how many.
  @discardableResult
  static func raise() -> Int {
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(files, &limit) == 0 else { return 1024 }
    if limit.rlim_cur < wanted {
      let former = limit.rlim_cur
      limit.rlim_cur = min(limit.rlim_max, wanted)
      if setrlimit(files, &limit) != 0 { limit.rlim_cur = former }
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// Connections that each of two listeners may have: while those that are too many are being ended, as many again are
  /// open. Without a file for the next one a listener would end.
  static func connections(files: Int, most: Int) -> Int { max(16, min(most, (files - reserved) / 4)) }
}
