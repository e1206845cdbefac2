/// The Linux bridge: no balancing and no rewriting, one server.
final class BridgeContender: Contender {
  let key = "bridge"
  let title = "Linux bridge, no rewriting"
  let shape = BedShape(target: .member(0), needsChecksums: false)
  var reaches: Int { 1 }

  func start(on bed: Bed, programs: Programs) throws {
    let ports = (0...MAC.members.count).map { "link set p\($0) master bridge" }
    try bed.network.ip(
      (["link add bridge type bridge", "link set bridge up"] + ports).joined(separator: "\n"))
    for (port, mac) in ([MAC.client] + MAC.members).enumerated() {
      try bed.network.run("bridge", "fdb", "replace", "\(mac)", "dev", "p\(port)", "master", "static")
    }
    // Ports forward once they have been up for a moment, even without spanning tree.
    try Interruption.pause(0.2)
  }

  func stop() {}
}
