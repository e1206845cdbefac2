import Glibc
import Testing
import Wire

@testable import LinuxPlatform

/// Architecture, decision 5: a socket with a member's mark speaks to that member, though all have one address.
@Suite("The way of a probe", .enabled(if: Namespace.isRoot, Namespace.reason))
struct ProbePathTests {
  @Test(
    "WO 99/33227, H12: the mark decides whose MAC the frame carries",
    arguments: [
      ("10.50.0.254/24", "10.50.0.100", "169.254.77.1"), ("fd50::fe/64", "fd50::100", "fe80::77:1"),
    ])
  func markedSocket(own: String, virtual: String, nextHop: String) throws {
    let own = try #require(IPPrefix(own))
    let virtual = try #require(IPAddress(virtual))
    let hops = try (1...2).map { try #require(IPAddress("\(nextHop)\($0)")) }
    let macs = (1...2).map { MACAddress(2, 0, 0, 0, 2, $0) }
    try Namespace.new {
      let pair = try OwnInterface.ensure(
        switchName: "t1", mac: MACAddress(2, 0xf5, 0, 0, 0, 0xfe), addresses: [own])
      let session = try NetlinkSession()
      for (member, (hop, mac)) in zip(hops, macs).enumerated() {
        let table = UInt32(0xf500 + member)
        try session.addNeighbour(Neighbour(interface: pair.host.index, address: hop, mac: mac))
        try session.addRoute(
          Route(
            destination: IPPrefix(virtual), gateway: hop, interface: pair.host.index, table: table,
            isOnLink: true))
        try session.addRule(
          RoutingRule(isIPv6: virtual.isIPv6, mark: table, table: table, priority: 1000 + UInt32(member)))
      }
      var capture = try PacketCapture(interface: pair.port.name, filter: "udp port 7777")
      var seen: [MACAddress] = []
      for mark in [0xf500, 0xf501, 0xf500] as [UInt32] {
        try sendDatagram(to: virtual, mark: mark)
        let isSeen = try eventually {
          try capture.read { frame in
            seen.append(
              MACAddress(
                frame.bytes[0], frame.bytes[1], frame.bytes[2], frame.bytes[3], frame.bytes[4], frame.bytes[5]
              ))
          } > 0
        }
        #expect(isSeen)
      }
      #expect(seen == [macs[0], macs[1], macs[0]])
    }
  }

  private func sendDatagram(to address: IPAddress, mark: UInt32) throws {
    let descriptor = socket(address.isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var mark = mark
    guard setsockopt(descriptor, SOL_SOCKET, SO_MARK, &mark, socklen_t(MemoryLayout.size(ofValue: mark))) == 0
    else {
      throw TestFailure("SO_MARK")
    }
    let sent: Int
    if address.isIPv6 {
      var to = sockaddr_in6()
      to.sin6_family = sa_family_t(AF_INET6)
      to.sin6_port = in_port_t(7777).bigEndian
      withUnsafeMutableBytes(of: &to.sin6_addr) { $0.copyBytes(from: address.bytes) }
      sent = send(descriptor, to)
    } else {
      var to = sockaddr_in()
      to.sin_family = sa_family_t(AF_INET)
      to.sin_port = in_port_t(7777).bigEndian
      withUnsafeMutableBytes(of: &to.sin_addr) { $0.copyBytes(from: address.bytes) }
      sent = send(descriptor, to)
    }
    if sent != 4 { throw TestFailure("sendto: \(String(cString: strerror(errno)))") }
  }

  private func send<Address>(_ descriptor: Int32, _ address: Address) -> Int {
    withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, "ping", 4, 0, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
