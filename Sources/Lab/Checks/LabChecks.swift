import FoundationEssentials
import SwitchModel
import Wire

/// The lab's claims, each measured. A check returns what it found; it throws only when it could not measure. `lab
/// demo` tells them as a story, LabTests expects every one to hold.
package struct LabChecks: Sendable {
  package let lab: LabNetwork

  package init(_ lab: LabNetwork) { self.lab = lab }

  /// The virtual MAC of the cluster with this address.
  func virtualMAC(of address: String) throws -> MACAddress {
    guard let cluster = try lab.clusters().first(where: { $0.address == address }),
      let mac = MACAddress(cluster.virtual_mac)
    else { throw LabError.refused("show clusters has no cluster with address \(address) and a virtual MAC") }
    return mac
  }

  func virtualMACs() throws -> Set<MACAddress> {
    Set(try (LabAddress.web + LabAddress.bulk).map(virtualMAC))
  }

  /// A host's entry for an address of its LAN, after forgetting and resolving it anew; nil: nobody answered.
  func resolve(_ address: String, by host: LabHost) throws -> MACAddress? {
    try lab.ip(host, "neigh flush dev \(host.nic)")
    var mac: MACAddress?
    _ = try Waiting.until(within: .seconds(3)) {
      // A server's ping carries the shared address, so its reply may reach another server: only resolution counts.
      try lab.run(in: host, "ping", ["-c", "1", "-W", "0.3", address])
      mac = try neighbour(address, of: host)
      return mac != nil
    }
    return mac
  }

  /// What a host's neighbour table says now.
  func neighbour(_ address: String, of host: LabHost) throws -> MACAddress? {
    struct Entry: Decodable {
      var lladdr: String?
    }
    let family = LabAddress.isIPv6(address) ? "-6" : "-4"
    let result = try lab.succeed(
      in: host, "ip", [family, "-json", "neigh", "show", address, "dev", host.nic])
    let entries = (try? JSONDecoder().decode([Entry].self, from: Data(result.output))) ?? []
    return entries.compactMap { $0.lladdr.flatMap { MACAddress($0) } }.first
  }

  /// `s1 14, s2 20 …` for a person.
  static func text(_ counts: [String: Int]) -> String {
    counts.isEmpty
      ? "none" : counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
