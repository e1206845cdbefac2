import Glibc

/// What machine and system a capture's header names (uname(2)).
public struct CaptureSystem: Hashable, Sendable {
  public var hardware: String
  /// Name and release.
  public var operatingSystem: String

  public static var current: CaptureSystem {
    var names = utsname()
    uname(&names)
    return CaptureSystem(
      hardware: text(names.machine), operatingSystem: "\(text(names.sysname)) \(text(names.release))")
  }

  /// Of a field of fixed length.
  private static func text(_ field: some Any) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
