import Glibc
import NIOCore
import NIOSSL
import SystemPackage

/// A certificate with its key, read and found to be usable.
struct ServerCertificate: Sendable {
  let context: NIOSSLContext
  /// Seconds since 1970.
  let expiry: Int
  /// Of the files as they were read.
  let stamps: [FileStamp?]

  /// - Parameters: paths of PEM files.
  init(certificate: String, key: String) throws(NetworkAPIError) {
    // The stamps first: what is written in between is read once more.
    stamps = ServerCertificate.stamps(certificate, key)
    // BoringSSL does not tell a file that is not there from one that is not PEM.
    if let errno = ServerCertificate.obstacle(certificate) {
      throw .certificate(path: certificate, reason: errno.description)
    }
    if let errno = ServerCertificate.obstacle(key) { throw .key(path: key, reason: errno.description) }
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMFile(certificate)
    } catch {
      throw .certificate(path: certificate, reason: ServerCertificate.reason(error))
    }
    guard let first = chain.first else {
      throw .certificate(path: certificate, reason: "no certificate is in it")
    }
    let secret: NIOSSLPrivateKey
    do {
      secret = try NIOSSLPrivateKey(file: key, format: .pem)
    } catch {
      throw .key(path: key, reason: ServerCertificate.reason(error))
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
    configuration.minimumTLSVersion = .tlsv12
    // Whom a connection is taken from may not keep its descriptor by saying no farewell.
    configuration.shutdownTimeout = .seconds(1)
    configuration.applicationProtocols = ["http/1.1"]
    do {
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      throw .key(path: key, reason: "it does not belong to the certificate in \(certificate)")
    }
    expiry = Int(first.notValidAfter)
  }

  static func stamps(_ certificate: String, _ key: String) -> [FileStamp?] {
    [FileStamp(certificate), FileStamp(key)]
  }

  /// `it is valid until 2027-01-02`
  var validity: String {
    var time = time_t(expiry)
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil else { return "" }
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "it is valid until \(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
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
