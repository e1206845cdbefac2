/// Why the API cannot be offered by TCP.
public enum NetworkAPIError: Error, Hashable, Sendable {
  case certificate(path: String, reason: String)
  case key(path: String, reason: String)
  case halfATLS
  /// Tokens and what they let see would go over the network in the clear.
  case plainBeyondLoopback(String)
  case tokens(TokenFileError)
  case listen(String, reason: String)
  /// Another change of it is prepared.
  case busy
}

extension NetworkAPIError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .certificate(let path, let reason): "api: certificate \(path): \(reason)"
    case .key(let path, let reason): "api: key \(path): \(reason)"
    case .halfATLS: "api: certificate and key go together"
    case .plainBeyondLoopback(let address):
      "api: \(address) can be reached from other machines; give certificate and key, or listen on 127.0.0.1 or [::1]"
    case .tokens(let error): "api: \(error)"
    case .listen(let address, let reason): "api: cannot listen on \(address): \(reason)"
    case .busy: "api: another change is under way"
    }
  }
}
