/// Why a frame did not go on: dropped, or punted to control. The name is the same in code, metrics, JSON and manual.
public enum Reason: UInt8, CaseIterable, Sendable {
  /// Shorter than an Ethernet header, or than its tag says.
  case runt = 1
  /// The source MAC is multicast or zero (IEEE 802.3 §3.2.3).
  case badSource
  /// The source MAC is one of the switch's virtual MACs, or a probe MAC: a loop, or somebody pretends.
  case ownSource
  /// Destination 01:80:c2:00:00:01…0f: never forwarded by a bridge (IEEE 802.1Q §8.6.3).
  case linkLocal
  /// The destination is behind the port that the frame came in on.
  case samePort
  /// The port that the frame should leave by is down.
  case portDown
  /// Longer than the port that it should leave by can send.
  case tooBig
  /// The interface took no more frames at the moment (pcap; in XDP the driver drops and counts these).
  case queueFull
  /// No room before the frame for a tag that it should get.
  case noHeadroom
  /// The virtual MAC of no active cluster.
  case noCluster
  /// For a virtual MAC, on another VLAN than the cluster's.
  case wrongVLAN
  /// For a virtual MAC, and neither IPv4 nor IPv6 of the cluster's family.
  case notIP
  /// For a virtual MAC, with another destination address than the cluster's.
  case wrongAddress
  /// An IP header that contradicts itself or the frame's length.
  case malformedIP
  /// More tags or IPv6 headers than the datapath follows.
  case headerChain
  /// The cluster names services, and this is none of them.
  case noService
  /// No member can serve.
  case noMember
  /// A later fragment before its first, of a datagram whose member only the first can tell.
  case fragmentEarly
  /// An ICMP error that quotes too little of the packet it is about.
  case badQuote
  /// More punts than the port may make.
  case puntLimit
  /// The source MAC is a pool router's, on another port than the router's: a loop, or somebody pretends.
  case strayRouter
  /// A router advertisement of a router that its pool does without (RFC 4861 §6.2.3): servers shall not trust it.
  case deadRouter

  // Punts: taken from the network, given to control.

  /// A claim for a shared address: gratuitous ARP, probe, answer, neighbour advertisement. Kept from everybody (H3). Or
  /// for the address of a pool's router, unasked: kept from servers, which are told by their bucket (H9).
  case claim = 48
  /// A member asks with its shared address for a neighbour that the datapath does not know.
  case question
  /// Duplicate-address detection by somebody who is no member, for a virtual IPv6 address.
  case defend

  @inline(__always)
  public var isPunt: Bool { rawValue >= 48 }
}
