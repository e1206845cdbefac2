import CNetlink
@testable import LinuxPlatform

extension FuzzTarget {
  /// Answers of the kernel about links, addresses, neighbours, routes and rules, and what it says of links by itself. The
  /// first byte says which.
  static let netlink = FuzzTarget(
    "netlink", "netlink messages", longest: 4096,
    .direct { bytes in
      var reader = InputReader(bytes)
      let kind = reader.byte() % 6
      let datagram = reader.remaining()
      switch kind {
      case 0: try read(FS_ANSWER_LINKS, datagram) { (link: fs_link) in _ = Link(link) }
      case 1:
        try read(FS_ANSWER_ADDRESSES, datagram) { (address: fs_interface_address) in
          _ = InterfaceAddress(address)
        }
      case 2:
        try read(FS_ANSWER_NEIGHBOURS, datagram) { (neighbour: fs_neighbour) in _ = Neighbour(neighbour) }
      case 3: try read(FS_ANSWER_ROUTES, datagram) { (route: fs_route) in _ = Route(route) }
      case 4: try read(FS_ANSWER_RULES, datagram) { (rule: fs_rule) in _ = RoutingRule(rule) }
      default:
        var event = fs_link_event()
        var relevant: Int32 = 0
        if fs_link_decode(datagram, datagram.count, &event, &relevant) == 0, relevant != 0 {
          _ = Link(event.link)
        }
      }
    })

  private static func read<Item>(
    _ kind: fs_answer_kind, _ datagram: [UInt8], _ body: (Item) -> Void
  ) throws(FuzzFault) {
    var list: UnsafeMutableRawPointer?
    var count = 0
    var error = fs_netlink_error()
    let code = fs_answer_read(kind, datagram, datagram.count, &list, &count, &error)
    defer { fs_netlink_free_list(list) }
    try FuzzFault.unless(
      code == 0 || (list == nil && code == error.code), "code \(code), error \(error.code)")
    guard let list else { return }
    let items = UnsafeBufferPointer(start: list.assumingMemoryBound(to: Item.self), count: count)
    for item in items { body(item) }
  }
}
