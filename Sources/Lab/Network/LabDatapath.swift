/// The datapath that the lab's switch is told to use.
package enum LabDatapath: String, CaseIterable, Codable, Sendable {
  case auto
  case xdp
  case xdpGeneric = "xdp-generic"
  case tc
  case pcap
}
