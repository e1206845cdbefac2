import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What went wrong, in the words of `show probes`.
enum FailureText {
  static func of(_ error: any Error) -> String {
    switch error {
    case let error as IOError: of(errno: error.errnoCode)
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { of($0.error) } ?? "cannot connect"
    case let error as UnusableProbe: error.description
    case is HTTPParserError, is NIOHTTPDecoderError: "the answer is not HTTP"
    case let error as NIOSSLError: of(error)
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      "certificate: not for this name"
    case let error as BoringSSLError: "TLS: \(short("\(error)"))"
    case ChannelError.connectTimeout: "no connection in time"
    default: short("\(error)")
    }
  }

  static func of(errno code: Int32) -> String {
    switch code {
    case ECONNREFUSED: "connection refused"
    case ECONNRESET, EPIPE: "connection reset"
    case EHOSTUNREACH: "no route to host"
    case ENETUNREACH: "network unreachable"
    case ETIMEDOUT: "no answer"
    case EPERM, EACCES: "not permitted"
    case EADDRNOTAVAIL: "no such source address, or no port free"
    case ENODEV: "no such interface"
    case EMFILE, ENFILE: "too many open files"
    default: String(cString: strerror(code)).lowercased()
    }
  }

  private static func of(_ error: NIOSSLError) -> String {
    switch error {
    case .handshakeFailed(let inner):
      let text = "\(inner)"
      return text.contains("CERTIFICATE_VERIFY_FAILED")
        ? "certificate: not to be trusted" : "TLS: \(short(reason(text)))"
    case .uncleanShutdown: return "connection closed"
    default: return "TLS: \(short("\(error)"))"
    }
  }

  /// BoringSSL's reason, `WRONG_VERSION_NUMBER`, out of the text of its error.
  private static func reason(_ text: String) -> String {
    let words = text.split { !$0.isLetter && $0 != "_" }
    return words.last { $0.count > 3 && $0 == $0.uppercased()[...] && $0.contains("_") }
      .map { $0.lowercased().split(separator: "_").joined(separator: " ") } ?? text
  }

  static func short(_ text: String) -> String { String(text.prefix(120)) }

  /// A received text, made fit for a line: no control characters, not long.
  static func quoted(_ bytes: some Sequence<UInt8>) -> String {
    let kept = bytes.prefix(40).map { (32..<127).contains($0) ? $0 : UInt8(ascii: ".") }
    return "\"\(String(decoding: kept, as: UTF8.self))\""
  }
}
