internal import CConsole

/// The console's page and what it loads: a few files, embedded in the executable, and the headers that go with them.
///
/// Nothing in it is secret: it can be given to who has no token. What it shows it asks from the API.
public enum ConsolePage {
  /// What stands at a path: its media type and its bytes; nil where nothing does.
  ///
  /// - Parameter path: `/` or the name of a file after it, without a query: `/console.css`.
  public static func asset(_ path: String) -> (type: String, bytes: [UInt8])? {
    let wanted = path == "/" ? "/console.html" : path
    guard let file = files.first(where: { "/\($0.name)" == wanted }) else { return nil }
    return (mediaType(of: file.name), file.bytes)
  }

  /// Every path that has an asset; `/` first.
  public static var paths: [String] { ["/"] + files.map { "/\($0.name)" } }

  /// What the page may do: load its own files and ask its own server. No inline script or style, no frame, no form that
  /// leaves the page, and no text that becomes markup: names of the configuration and answers of probes are hostile.
  public static let contentSecurityPolicy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].joined(separator: "; ")

  /// The headers of every asset, but its type. Assets are asked for anew each time: after an upgrade of the switch the
  /// page and its parts must be of one version.
  public static let headers: [(name: String, value: String)] = [
    ("content-security-policy", contentSecurityPolicy),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cache-control", "no-cache"),
  ]

  private struct File {
    var name: String
    var bytes: [UInt8]
  }

  private static let files: [File] = {
    var files: [File] = []
    while let file = console_file(files.count)?.pointee {
      files.append(
        File(
          name: String(cString: file.name),
          bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count))))
    }
    return files
  }()

  private static func mediaType(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "application/octet-stream"
    }
  }
}
