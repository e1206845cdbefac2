/// Which characters the terminal has.
public enum CharacterSet: Sendable {
  case unicode, ascii

  /// By the locale (POSIX: the first of LC_ALL, LC_CTYPE, LANG that is not empty) and the terminal: Linux' own console
  /// has no signs in its fonts.
  public init(environment: (String) -> String?) {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    let isUnicode = (name.contains("utf-8") || name.contains("utf8")) && environment("TERM") != "linux"
    self = isUnicode ? .unicode : .ascii
  }

  /// Stands for what was cut off.
  var ellipsis: String { self == .unicode ? "…" : "~" }
  var descending: String { self == .unicode ? "▾" : "v" }
  var ascending: String { self == .unicode ? "▴" : "^" }
  var separator: String { self == .unicode ? " · " : " | " }
  var dash: String { self == .unicode ? "–" : "-" }
}
