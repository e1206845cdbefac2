import Glibc
public import Logging
import NIOCore
import NIOSSL
public import SwitchModel
import SystemPackage
import Wire

/// The API by TCP: where it listens, its certificate and its tokens, all read and found to be usable.
public struct NetworkAPI: Sendable {
  let host: String
  /// 0: one that is free.
  let port: Int
  let tls: NIOSSLContext?
  let gate: Gate

  /// Nil if the configuration has no address to listen on.
  ///
  /// - Throws: a file that cannot be used, or an address beyond this machine without TLS.
  public init?(_ configuration: APIConfiguration, logger: Logger) throws(NetworkAPIError) {
    guard let listen = configuration.listen else { return nil }
    host = listen.address.description
    port = Int(listen.port)
    switch (configuration.certificate, configuration.key) {
    case (let certificate?, let key?):
      tls = try NetworkAPI.context(certificate: certificate, key: key)
    case (nil, nil):
      guard listen.address.isLoopback else { throw .plainBeyondLoopback(listen.description) }
      tls = nil
    default: throw .halfATLS
    }
    do throws(TokenFileError) {
      gate = Gate(tokens: try configuration.tokens.map(TokenStore.make), logger: logger)
    } catch {
      throw .tokens(error)
    }
  }

  private static func context(certificate: String, key: String) throws(NetworkAPIError)
    -> NIOSSLContext
  {
    // BoringSSL does not tell a file that is not there from one that is not PEM.
    if let errno = NetworkAPI.obstacle(certificate) {
      throw .certificate(path: certificate, reason: errno.description)
    }
    if let errno = NetworkAPI.obstacle(key) { throw .key(path: key, reason: errno.description) }
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMFile(certificate)
    } catch {
      throw .certificate(path: certificate, reason: reason(error))
    }
    guard !chain.isEmpty else {
      throw .certificate(path: certificate, reason: "no certificate is in it")
    }
    let secret: NIOSSLPrivateKey
    do {
      secret = try NIOSSLPrivateKey(file: key, format: .pem)
    } catch {
      throw .key(path: key, reason: reason(error))
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
    configuration.minimumTLSVersion = .tlsv12
    // Whom a connection is taken from may not keep its descriptor by saying no farewell.
    configuration.shutdownTimeout = .seconds(1)
    configuration.applicationProtocols = ["http/1.1"]
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw .key(path: key, reason: "it does not belong to the certificate in \(certificate)")
    }
  }

  private static func obstacle(_ path: String) -> Errno? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return Errno(rawValue: errno) }
    close(descriptor)
    return nil
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case NIOSSLError.failedToLoadCertificate, NIOSSLError.failedToLoadPrivateKey: "it is not PEM"
    default: "\(error)"
    }
  }
}

extension TokenStore {
  fileprivate static func make(path: String) throws(TokenFileError) -> TokenStore {
    try TokenStore(path: path)
  }
}
