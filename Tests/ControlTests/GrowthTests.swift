import Glibc
import SwitchModel
import Testing

@testable import Lab

extension Site {
  /// Pings the cluster five hundred times a second for ten seconds while `body` runs, and returns how many had no answer.
  func lostPings(during body: () throws -> Void) throws -> Int {
    let ping = try Daemon(
      name: "ping", namespace: "\(name)-r",
      words: ["ping", "-q", "-n", "-i", "0.002", "-c", "5000", "-W", "2", Site.address], log: "\(folder)/ping"
    )
    defer { ping.kill() }
    try Waiting.pause(.milliseconds(500))
    try body()
    // Signal 0 is none: it waits for the end.
    try ping.stop(0)
    let words = ping.said.split(whereSeparator: \.isWhitespace)
    guard let at = words.firstIndex(of: "transmitted,"), at >= 2, words.count > at + 1,
      let sent = Int(words[at - 2]), let received = Int(words[at + 1]), sent == 5000
    else { throw SiteFailure("ping said: \(ping.said)") }
    return sent - received
  }
}

extension LiveTests.Apply {
  /// What a daemon has open, and the kernel has of it.
  private struct Hold: Equatable {
    /// Packet sockets, by their inodes.
    var sockets: Set<String>
    /// Programs and links, by their numbers in the kernel.
    var programs: Set<String>

    init(_ daemon: Daemon) {
      let mine = Set(
        TextFile.names(in: "/proc/\(daemon.pid)/fd").compactMap {
          Hold.target("/proc/\(daemon.pid)/fd/\($0)")
        })
      let packets = (TextFile.read("/proc/\(daemon.pid)/net/packet") ?? "").split(separator: "\n").dropFirst()
      sockets = Set(packets.compactMap { $0.split(separator: " ").last.map(String.init) }).filter {
        mine.contains("socket:[\($0)]")
      }
      programs = Set(
        TextFile.names(in: "/proc/\(daemon.pid)/fdinfo").flatMap { name in
          (TextFile.read("/proc/\(daemon.pid)/fdinfo/\(name)") ?? "").split(separator: "\n")
            .filter { $0.hasPrefix("prog_id:") || $0.hasPrefix("link_id:") }.map(String.init)
        })
    }

    private static func target(_ path: String) -> String? {
      var bytes = [CChar](repeating: 0, count: 256)
      let count = readlink(path, &bytes, bytes.count)
      return count > 0 ? String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
  }

  /// A thousand clusters beside the one that is there.
  private func crowd(_ scene: Scene) -> String {
    (0..<1000).map { number in
      """
        - name: c\(number)
          address: 10.9.\(64 + number >> 8).\(number & 255)
          buckets: 16
          members: [{name: s1, port: p-s1, mac: "\(scene.site.mac("s1"))"}]
      """
    }.joined(separator: "\n")
  }

  @Test(
    "X7, X8: tables are made larger under load: no packet is lost and no flow moves",
    arguments: ["tc", "xdp"])
  func largerTables(datapath: String) throws {
    let scene = try Scene(datapath: datapath)
    defer { scene.site.remove() }
    let before = try scene.daemon.buckets().map(\.member)
    let next = try scene.site.write(
      SiteConfiguration(scene.site, ["s1", "s2"], datapath: datapath).with { $0.more = crowd(scene) })
    #expect(try scene.daemon.ask("diff", next).text.contains("buckets: 16384 → 32768"))
    let hold = Hold(scene.daemon)
    let lost = try scene.lostPings {
      let result = try scene.daemon.ask("apply", next)
      #expect(result.status == 0, "\(result.errorText)\n\(scene.daemon.said)")
    }
    #expect(lost == 0, "\(scene.daemon.said)")
    #expect(scene.connections.broken() == [])
    #expect(try scene.daemon.clusters().count == 1001)
    #expect(try scene.daemon.buckets().map(\.member) == before)
    #expect(Hold(scene.daemon).sockets == hold.sockets)
  }

  @Test("X7: another weight: the kernel's programs and links stay, and no port's socket is opened again")
  func untouched() throws {
    for datapath in ["tc", "xdp"] {
      let scene = try Scene(datapath: datapath)
      defer { scene.site.remove() }
      let hold = Hold(scene.daemon)
      #expect(hold.sockets.count >= scene.site.ports.count && hold.programs.count > scene.site.ports.count)
      #expect(try scene.daemon.ask("apply", scene.next).status == 0, "\(scene.daemon.said)")
      #expect(Hold(scene.daemon) == hold, "\(datapath)")
      #expect(try scene.members() == ["s1", "s2", "s3"])
      // What control is to see still reaches it: the new member has to be found.
      try scene.daemon.awaitMembers()
      #expect(scene.connections.broken() == [])
    }
  }

  @Test("X7: a port comes under load, and goes: no packet is lost, and the others keep their sockets")
  func anotherPort() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let all = try site.write(SiteConfiguration(site))
    let less = try site.write(
      SiteConfiguration(site, ["s1", "s2"]).with { $0.ports.removeAll { $0 == "p-s3" } })
    let daemon = try site.start(file: less)
    try daemon.awaitMembers()
    let connections = try Conversations(16, at: site)
    let hold = Hold(daemon)
    for (file, ports) in [(all, 4), (less, 3)] {
      let lost = try site.lostPings {
        let result = try daemon.ask("apply", "--yes", file)
        #expect(result.status == 0, "\(result.errorText)\n\(daemon.said)")
      }
      #expect(lost == 0, "\(daemon.said)")
      #expect(try daemon.ports().count == ports)
      #expect(hold.sockets.isSubset(of: Hold(daemon).sockets))
      #expect(connections.broken() == [])
    }
    #expect(Hold(daemon).sockets == hold.sockets)
  }
}
