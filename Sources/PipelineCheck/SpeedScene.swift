import CTables
import Datapath
import Forwarding
import Support
import Wire

/// A path through the pipeline that one frame takes again and again, though BPF_PROG_RUN never puts the frame back.
struct SpeedScene {
  let name: String
  let frame: TestFrame
  let port: Int
  /// The counter that tells that a run took the path.
  let count: () -> UInt64
}

/// The tables and frames of all paths.
struct SpeedScenes {
  let all: [SpeedScene]
  /// Becomes an answer, so that it can be run once only.
  let arp: SpeedScene

  init(_ sw: TestSwitch) throws {
    let client: IPAddress = "198.51.100.7"
    let clientSix: IPAddress = "2001:db8::7"
    // A steered frame must still be one for the cluster when it left: the members' MAC is the cluster's virtual one.
    func member(_ index: Int, _ port: Int, vlan: Int = 0) -> TestSwitch.Member {
      sw.member(onPort: port, vlan: vlan, mac: sw.mac(ofCluster: index))
    }
    let web = sw.cluster("10.0.0.100", buckets: 1024, members: (1...4).map { member(0, $0) })
    let six = sw.cluster("fd50::100", buckets: 1024, members: (1...4).map { member(1, $0) })
    let tagged = sw.cluster(
      "10.0.0.100", vlan: 10, buckets: 1024, members: (1...4).map { member(2, $0, vlan: 10) })
    let moving = sw.cluster("10.0.0.102", buckets: 1, members: [member(3, 1), member(3, 2)])
    sw.transit(moving, from: moving.members[0], to: moving.members[1])
    let names = sw.cluster(
      "10.0.0.103", buckets: 1024, members: (1...4).map { member(5, $0) }, isAnswered: false)
    let services = try sw.services("10.0.0.103", [.init(6, 80, names), .init(17, 53, names)])

    let sticky = sw.cluster("10.0.0.104", buckets: 1024, members: (1...4).map { member(6, $0) }, sticky: 10)

    let known: MACAddress = "02:00:00:00:05:01"
    _ = try sw.run(TestFrame(from: known, to: .broadcast, .other(type: 0x88b5, [])), on: 5)
    let tables = sw.tables
    func members(_ cluster: TestSwitch.Cluster) -> () -> UInt64 {
      { cluster.members.reduce(0) { $0 + tables.memberCounters($1.index).packets } }
    }
    func dropped(_ reason: Reason) -> () -> UInt64 { { tables.count(reason, port: 0) } }
    var list: [SpeedScene] = []
    func add(_ name: String, _ frame: TestFrame, _ count: @escaping () -> UInt64) {
      list.append(SpeedScene(name: name, frame: frame.padded(), port: 0, count: count))
    }

    let packet = NetworkPayload.ipv4(client, "192.0.2.9", .udp(1000, 53))
    add("switching, known unicast", TestFrame(from: sw.router, to: known, packet)) {
      tables.portCounters(5).txPackets
    }
    add("switching, flood", TestFrame(from: sw.router, to: .broadcast, packet)) {
      tables.portCounters(0).floodPackets
    }
    add("cluster, IPv4 TCP", sw.tcp(web, from: client, 1000, .ack), members(web))
    add("cluster, IPv4 UDP", sw.udp(web, from: client, 1000), members(web))
    add("cluster, IPv4 TCP, SYN", sw.tcp(web, from: client, 1000, .syn), members(web))
    add("cluster, IPv6 TCP", sw.tcp(six, from: clientSix, 1000, .ack), members(six))
    add(
      "cluster, IPv4 TCP, tagged", sw.tcp(tagged, from: client, 1000, .ack, tags: [.vlan(10)]),
      members(tagged))
    let named = sw.tcp(services, from: client, 1000, .ack)
    names.members.forEach { tables.setMemberLink($0.index, MemberLink(mac: services.mac, port: $0.port)) }
    add("cluster by service, IPv4 TCP", named, members(names))
    add("sticky cluster, IPv4 TCP", sw.tcp(sticky, from: client, 1000, .ack), members(sticky))
    // A connection that began since has an entry; one from before has none.
    _ = try sw.run(sw.tcp(moving, from: client, 1000, .syn), on: 0)
    add("in transition, with entry", sw.tcp(moving, from: client, 1000, .ack)) {
      tables.memberCounters(moving.members[1].index).packets
    }
    add("in transition, from before", sw.tcp(moving, from: client, 1001, .ack)) {
      tables.memberCounters(moving.members[0].index).leavingPackets
    }
    let pieces = NetworkPayload.pieces(
      client, "10.0.0.100", .udp(1, 53, [UInt8](repeating: 1, count: 200)), id: 1, size: 104)
    _ = try sw.run(sw.frame(web, pieces[0]), on: 0)
    add("later fragment", sw.frame(web, pieces[1]), members(web))
    let about = NetworkPayload.ipv4("10.0.0.100", client, .tcp(80, 1000, .ack))
    add(
      "ICMP error", sw.frame(web, .ipv4("203.0.113.1", "10.0.0.100", .icmpError(type: 3, about: about))),
      members(web))
    add("drop, another address", sw.frame(web, .ipv4(client, "10.9.9.9", .udp(1, 2))), dropped(.wrongAddress))
    add(
      "drop, no such virtual MAC", TestFrame(from: sw.router, to: sw.mac(ofCluster: 7), packet),
      dropped(.noCluster))

    all = list
    let request = NetworkPayload.arp(.request, sender: "10.0.0.254", sw.router, target: "10.0.0.100")
    arp = SpeedScene(
      name: "ARP answer", frame: TestFrame(from: sw.router, to: .broadcast, request).padded(), port: 0
    ) {
      tables.portCounters(0).txPackets
    }
  }
}
