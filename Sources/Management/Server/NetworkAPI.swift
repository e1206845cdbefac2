import SwitchModel
import Wire

/// The API by TCP: where it listens, its certificate and its tokens, all read and found to be usable.
struct NetworkAPI: Sendable {
  let configuration: APIConfiguration
  let listen: ListenAddress
  /// Nil: plain HTTP.
  var certificate: ServerCertificate?
  var gate: Gate

  /// Nil if the configuration has no address to listen on.
  ///
  /// - Parameter onNotice: called when the file of tokens has changed.
  /// - Throws: a file that cannot be used, or an address beyond this machine without TLS.
  init?(
    _ configuration: APIConfiguration, onNotice: @escaping @Sendable (CredentialNotice) -> Void = { _ in }
  ) throws(NetworkAPIError) {
    guard let listen = configuration.listen else { return nil }
    self.configuration = configuration
    self.listen = listen
    switch (configuration.certificate, configuration.key) {
    case (let certificate?, let key?):
      self.certificate = try ServerCertificate(certificate: certificate, key: key)
    case (nil, nil):
      guard listen.address.isLoopback else { throw .plainBeyondLoopback(listen.description) }
      certificate = nil
    default: throw .halfATLS
    }
    do throws(TokenFileError) {
      var tokens: TokenStore?
      if let path = configuration.tokens { tokens = try TokenStore(path: path, onNotice: onNotice) }
      gate = Gate(tokens: tokens)
    } catch {
      throw .tokens(error)
    }
  }

  /// As the system calls want it.
  var host: String { listen.address.description }
}
