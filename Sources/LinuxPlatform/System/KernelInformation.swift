/// What kernel this is.
public enum KernelInformation {
  /// `uname -r`: `6.18.44-generic`.
  public static func release() throws(SystemError) -> String {
    String(try TextFile.read("/proc/sys/kernel/osrelease")[...].trimmingSpaces())
  }

  /// Major and minor number of a release string. Nil for one that does not begin with two numbers.
  public static func version(of release: String) -> (major: Int, minor: Int)? {
    let parts = release.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2 else { return nil }
    let minorDigits = parts[1].prefix { $0.isASCII && $0.isNumber }
    guard parts[0].allSatisfy({ $0.isASCII && $0.isNumber }), let major = Int(parts[0]),
      let minor = Int(minorDigits)
    else { return nil }
    return (major, minor)
  }

  /// Changes with every boot: what was recorded under another one is void.
  public static func bootID() throws(SystemError) -> String {
    String(try TextFile.read("/proc/sys/kernel/random/boot_id")[...].trimmingSpaces())
  }
}
