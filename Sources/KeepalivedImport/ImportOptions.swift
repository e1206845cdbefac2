/// What keepalived.conf cannot say.
public struct ImportOptions: Hashable, Sendable {
  /// The switch's name; nil: the file's `router_id` if it is fit for one, else `fs1`.
  public var name: String?
  /// The port with the routers.
  public var routerPort: String?
  /// Ports of servers in the order in which the file names the servers.
  public var ports: [String]
  /// Ports of servers by the server's address, as written in IPAddress' text; they come before `ports`.
  public var portsByAddress: [String: String]
  /// keepalived's `--config-id`: which of the lines with a condition `@ID` count.
  public var configurationID: String?

  public init(
    name: String? = nil, routerPort: String? = nil, ports: [String] = [],
    portsByAddress: [String: String] = [:],
    configurationID: String? = nil
  ) {
    self.name = name
    self.routerPort = routerPort
    self.ports = ports
    self.portsByAddress = portsByAddress
    self.configurationID = configurationID
  }
}
