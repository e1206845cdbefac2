import Glibc

/// How many files the daemon may have open.
enum FileLimit {
  /// Enough for as many clients as are let in (`ServerLimits`), on the control socket and by TCP, and for thousands of
  /// probes.
  private static let wanted: rlim_t = 65536

  /// As many as the hard limit lets it have: a shell gives 1024, which clients alone could fill.
  static func raise() {
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(files, &limit) == 0, limit.rlim_cur < wanted else { return }
    limit.rlim_cur = min(limit.rlim_max, wanted)
    _ = setrlimit(files, &limit)
  }
}
