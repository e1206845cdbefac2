/// Why a text is no endpoint.
public enum EndpointError: Error, Hashable, Sendable {
  case notAnAddress(String)
  case notAPort(String)
}

extension EndpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAnAddress(let text):
      "'\(text)' is no address; expected one like 10.0.0.1, 10.0.0.1:80, fd00::1 or [fd00::1]:80"
    case .notAPort(let text): "'\(text)' is no port; expected a number from 1 to 65535"
    }
  }
}
