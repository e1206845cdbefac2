/// A part of the console: the page, or what it is made of.
public struct ConsoleAsset: Hashable, Sendable {
  /// The value of the field Content-Type.
  public var contentType: String
  public var bytes: [UInt8]
  /// The value of the field Content-Security-Policy: nothing but what the switch itself serves, and no frame around it.
  public var contentSecurityPolicy: String

  public static let strictPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  public init(
    contentType: String, bytes: [UInt8], contentSecurityPolicy: String = ConsoleAsset.strictPolicy
  ) {
    self.contentType = contentType
    self.bytes = bytes
    self.contentSecurityPolicy = contentSecurityPolicy
  }
}

/// Where the console's parts are found. Asked for every path outside of `/api` and `/metrics`, without a token: a part
/// must not tell anything of this switch.
public struct ConsoleAssets: Sendable {
  private let find: @Sendable (_ path: String) -> ConsoleAsset?

  /// - Parameter find: by path, beginning with `/`; nil where there is none.
  public init(_ find: @escaping @Sendable (_ path: String) -> ConsoleAsset?) { self.find = find }

  /// No console.
  public static let none = ConsoleAssets { _ in nil }

  func callAsFunction(_ path: String) -> ConsoleAsset? { find(path) }
}

extension APIResponse {
  init(_ asset: ConsoleAsset) {
    self.init(.whole(asset.bytes))
    contentType = asset.contentType
    contentSecurityPolicy = asset.contentSecurityPolicy
  }
}
