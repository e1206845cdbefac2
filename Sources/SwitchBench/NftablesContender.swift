/// nftables at netdev ingress: hash, rewrite, forward.
final class NftablesContender: Contender {
  let key = "nftables"
  let title = "nftables netdev, map of four"
  let shape = BedShape(target: .shared, needsChecksums: false)

  func start(on bed: Bed, programs: Programs) throws {
    let hash = "jhash ip saddr . tcp sport mod \(MAC.members.count) seed 0x5753"
    let macs = MAC.members.enumerated().map { "\($0) : \($1)" }.joined(separator: ", ")
    let ports = MAC.members.indices.map { "\($0) : \"p\($0 + 1)\"" }.joined(separator: ", ")
    let back = MAC.members.indices.map { number in
      """
        chain back\(number) {
          type filter hook ingress device "p\(number + 1)" priority 0;
          fwd to "p0"
        }
      """
    }
    let rules = """
      table netdev bench {
        chain forth {
          type filter hook ingress device "p0" priority 0;
          ip daddr \(Bed.address) ip protocol tcp ether daddr set \(hash) map { \(macs) } fwd to \(hash) map { \(ports) }
        }
      \(back.joined(separator: "\n"))
      }

      """
    try Command(["nft", "-f", "-"], in: bed.network, input: rules).run()
  }

  func stop() {}
}
