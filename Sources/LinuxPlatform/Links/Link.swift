import CNetlink
public import Wire

/// A network interface as the kernel describes it.
public struct Link: Hashable, Sendable {
  /// Unique in the network namespace while the interface lives; one that returns gets another.
  public var index: UInt32
  public var name: String
  public var flags: LinkFlags
  public var operationalState: OperationalState
  /// Whether there is a signal. Nil where the device does not tell.
  public var carrier: Bool?
  /// Bytes of payload that a frame may carry.
  public var mtu: Int
  /// Nil for what has no Ethernet-like address.
  public var mac: MACAddress?
  /// `veth`, `vlan`, `bridge`…; nil for a device of hardware (and the loopback).
  public var kind: String?
  /// How many want the interface promiscuous: an administrator, packet sockets, a bridge.
  public var promiscuity: Int
  public var transmitQueues: Int
  public var receiveQueues: Int
  /// The bridge, bond or VRF that it is part of.
  public var master: UInt32?
  /// A veth's other end, a VLAN's parent. An index of another namespace where `isLowerForeign`.
  public var lower: UInt32?
  public var isLowerForeign: Bool
  /// Has Ethernet frames (`ARPHRD_ETHER`): fit to be a switch port.
  public var isEthernet: Bool

  public init(index: UInt32, name: String, flags: LinkFlags = [], mtu: Int = 1500, mac: MACAddress? = nil) {
    self.index = index
    self.name = name
    self.flags = flags
    self.operationalState = .unknown
    self.carrier = nil
    self.mtu = mtu
    self.mac = mac
    self.kind = nil
    self.promiscuity = 0
    self.transmitQueues = 1
    self.receiveQueues = 1
    self.master = nil
    self.lower = nil
    self.isLowerForeign = false
    self.isEthernet = true
  }

  public var isUp: Bool { flags.contains(.up) }

  /// Up, and frames can pass: what "link" means to an operator.
  public var isOperational: Bool { flags.contains([.up, .running, .lowerUp]) }
}

extension Link {
  init(_ from: fs_link) {
    self.init(
      index: from.index, name: CText.string(from.name), flags: LinkFlags(rawValue: from.flags),
      mtu: Int(from.mtu), mac: from.mac_length == 6 ? MACAddress(from.mac) : nil)
    let kind = CText.string(from.kind)
    operationalState = OperationalState(rawValue: from.operstate) ?? .unknown
    carrier = from.carrier < 0 ? nil : from.carrier != 0
    self.kind = kind.isEmpty ? nil : kind
    promiscuity = Int(from.promiscuity)
    transmitQueues = Int(from.tx_queues)
    receiveQueues = Int(from.rx_queues)
    master = from.master == 0 ? nil : from.master
    lower = from.lower == 0 ? nil : from.lower
    isLowerForeign = from.lower_namespace >= 0
    isEthernet = from.hardware_type == 1
  }
}
