/// What a port is prepared for: how its frames come to the switch.
public enum PortMode: String, CaseIterable, Codable, Hashable, Sendable {
  /// XDP in the driver, before there is a socket buffer.
  case xdp
  /// XDP on the socket buffers that the driver made.
  case xdpGeneric = "xdp-generic"
  /// The pipeline at tc ingress.
  case tc
  /// libpcap, and the pipeline in the daemon.
  case pcap

  /// The offloads that must be off, by the kernel's names. Everything not named here stays as the operator has it: so
  /// transmit checksums, which only frames of the host's own stack use.
  public var offloadsToTurnOff: [String] {
    switch self {
    case .xdp, .xdpGeneric: Self.merging + Self.tagStripping + Self.tagFiltering + Self.segmentation
    case .tc: [Self.lossyMerging] + Self.tagFiltering
    case .pcap: Self.merging + Self.tagFiltering + Self.segmentation
    }
  }

  /// Large receive offload merges segments and forgets their headers (timestamps, TTL, IPv4 ids): no later
  /// segmentation restores the frames, so H1 ("leaves as it came") breaks in every mode. The kernel itself turns it
  /// off for bridges and routers (`dev_disable_lro`), and most drivers refuse native XDP with it.
  private static let lossyMerging = "rx-lro"

  /// GRO, in hardware or software, can be undone by segmentation, which tc leads to (it forwards merged frames on
  /// purpose) and the others do not. Hardware: XDP redirects single frames only, and some drivers refuse native XDP
  /// with it (virtio_net). Software: it runs before generic XDP, which then meets, and linearises, frames of 64 KiB
  /// that no port may transmit. Both: a capture, of everything (pcap) or of what XDP passed on (punts), sees frames
  /// longer than the MTU, which cannot be injected again (EMSGSIZE).
  private static let merging = [lossyMerging, "rx-gro-hw", "rx-gro"]

  /// With these the NIC takes the 802.1Q (802.1ad) tag out of the frame into the descriptor, where an XDP program
  /// does not see it: tagged frames would be switched as untagged ones and leave without their tag (X2). libpcap puts
  /// the tag back into the frame, and a tc program finds it in its context, so these two modes need not care.
  /// Transmit tag insertion is left alone: frames of the switch carry their tags in their bytes.
  private static let tagStripping = ["rx-vlan-hw-parse", "rx-vlan-stag-hw-parse"]

  /// NICs that filter by VLAN drop tags for which no VLAN interface exists, some of them even when promiscuous.
  private static let tagFiltering = ["rx-vlan-filter", "rx-vlan-stag-filter"]

  /// The port's own segmentation. Nothing of the host's is sent there, but libpcap sizes its ring's slots by it: with
  /// any of these (or GRO) a slot holds 64 KiB instead of a frame. Measured with a buffer of 2 MiB and an MTU of 1500:
  /// room for 32 frames, without them for 1310. tc needs them, to send what was merged.
  private static let segmentation = [
    "tx-generic-segmentation", "tx-tcp-segmentation", "tx-tcp-ecn-segmentation",
    "tx-tcp-mangleid-segmentation",
    "tx-tcp6-segmentation",
  ]
}
