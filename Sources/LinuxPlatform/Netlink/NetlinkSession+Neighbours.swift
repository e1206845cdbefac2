import CNetlink
public import Wire

extension NetlinkSession {
  /// Entries of all interfaces, or of one; multicast mappings and entries of interfaces without ARP left out.
  public func neighbours(of interface: UInt32? = nil) throws(SystemError) -> [Neighbour] {
    let all = try list("list neighbours", { fs_neighbours($0, &$1, &$2, &$3) }, { Neighbour($0) })
    return all.compactMap { $0 }.filter {
      (interface == nil || $0.interface == interface) && !$0.state.contains(.noARP)
    }
  }

  /// - Throws: `EEXIST` when there is an entry for the address.
  public func addNeighbour(_ neighbour: Neighbour) throws(SystemError) {
    try set(neighbour, create: true)
  }

  /// Adds the entry or overwrites the one there.
  public func replaceNeighbour(_ neighbour: Neighbour) throws(SystemError) {
    try set(neighbour, create: false)
  }

  private func set(_ neighbour: Neighbour, create: Bool) throws(SystemError) {
    try perform(create ? "add neighbour" : "replace neighbour", "\(neighbour.address)") { pointer, error in
      withUnsafePointer(to: fs_neighbour(neighbour)) { fs_neighbour_set(pointer, $0, create ? 1 : 0, &error) }
    }
  }

  /// - Throws: `ENOENT` when there is none.
  public func deleteNeighbour(_ address: IPAddress, of interface: UInt32) throws(SystemError) {
    let neighbour = Neighbour(interface: interface, address: address, mac: nil, state: [])
    try perform("delete neighbour", "\(address)") { pointer, error in
      withUnsafePointer(to: fs_neighbour(neighbour)) { fs_neighbour_delete(pointer, $0, &error) }
    }
  }
}

extension fs_neighbour {
  init(_ neighbour: Neighbour) {
    self.init()
    index = neighbour.interface
    address = fs_address(neighbour.address)
    state = neighbour.state.rawValue
    if let known = neighbour.mac {
      mac = known.cBytes
      mac_length = 6
    }
  }
}

extension Neighbour {
  init?(_ from: fs_neighbour) {
    guard let address = from.address.address else { return nil }
    self.init(
      interface: from.index, address: address, mac: from.mac_length == 6 ? MACAddress(from.mac) : nil,
      state: NeighbourState(rawValue: from.state))
  }
}
