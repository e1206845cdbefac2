import NIOSSL
import SwitchModel
import Wire

/// How an `https` probe checks whom it speaks to.
final class TLSSettings {
  private let name: String?
  private let key: TLSContexts.Key
  private let contexts: TLSContexts

  init(_ configuration: ProbeConfiguration, _ contexts: TLSContexts) {
    let host = configuration.tlsName ?? configuration.host.map(Self.withoutPort)
    // RFC 6066 §3: an address is no server name. The certificate is then compared with the peer's address.
    name = host.flatMap { IPAddress($0) == nil && !$0.isEmpty ? $0 : nil }
    key = TLSContexts.Key(authorities: configuration.tlsCA, verifies: configuration.tlsVerify)
    self.contexts = contexts
  }

  func makeHandler() throws -> NIOSSLClientHandler {
    try NIOSSLClientHandler(context: try contexts.context(key), serverHostname: name)
  }

  private static func withoutPort(_ host: String) -> String {
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    return IPAddress(host) == nil ? String(host.prefix { $0 != ":" }) : host
  }
}

/// TLS contexts, shared by all jobs that trust the same authorities: to read the system's takes tens of milliseconds.
final class TLSContexts {
  struct Key: Hashable {
    /// A file of certificates; nil: the system's.
    var authorities: String?
    var verifies: Bool
  }

  private var contexts: [Key: NIOSSLContext] = [:]

  func context(_ key: Key) throws -> NIOSSLContext {
    if let known = contexts[key] { return known }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = key.verifies ? .fullVerification : .none
    if key.verifies, let file = key.authorities {
      // Read here, for a reason that says what is wrong.
      do {
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
      } catch {
        throw UnusableProbe("certificate: cannot read \(file)")
      }
    } else if !key.verifies {
      configuration.trustRoots = .certificates([])
    }
    let made = try NIOSSLContext(configuration: configuration)
    contexts[key] = made
    return made
  }

  /// Files are read anew when the next probe needs them.
  func forget() { contexts = [:] }
}
