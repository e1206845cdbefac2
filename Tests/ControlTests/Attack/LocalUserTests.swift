import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests {
  /// Somebody with an account on the machine, and no more.
  @Suite("a local user without rights")
  struct LocalUser {
    @Test(
      "a local user reaches neither socket, state, pins, ports nor process, and puts nothing in their way")
    func nobody() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let daemon = try site.start(SiteConfiguration(site))
      try daemon.awaitMembers()
      let run = "/run/flowswitch"
      let own = "\(run)/\(site.name)"
      let attempts = [
        ["curl", "-s", "--unix-socket", daemon.socket, "http://switch/api/v1/members"],
        ["sh", "-c", "echo x > \(own).state"], ["sh", "-c", "echo x > \(own).events"],
        ["sh", "-c", "echo x > \(own).lock"], ["rm", "-f", "\(own).state"], ["rm", "-f", daemon.socket],
        ["mv", "\(own).state", "\(own).gone"], ["touch", "\(run)/attack-\(site.name)"],
        ["ln", "-s", "/etc/passwd", "\(own).state.new"], ["ln", "-s", "/etc/passwd", "\(run)/attack.sock"],
        ["flock", "-n", daemon.socket + ".lock", "true"],
        ["ls", "\(Site.pinRoot)/\(site.name)"], ["cat", "\(Site.pinRoot)/\(site.name)/fs_ports"],
        ["rmdir", "\(Site.pinRoot)/\(site.name)"], ["touch", "\(site.folder)/configurations/x"],
        ["kill", "-KILL", "\(daemon.pid)"], ["cat", "/proc/\(daemon.pid)/environ"],
        ["ls", "/proc/\(daemon.pid)/fd"], ["ip", "link", "set", "p-s1", "down"],
        ["ip", "link", "set", "p-s1", "xdp", "off"], ["ip", "route", "add", "10.9.0.7/32", "dev", "lo"],
        ["tcpdump", "-c", "1", "-i", "p-s1"],
      ]
      for attempt in attempts {
        let result = try Program(
          "setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"] + attempt
        ).inside(namespace: site.namespace).run(within: .seconds(20))
        #expect(!result.succeeded, "\(attempt.joined(separator: " ")): \(result.text)")
        #expect(result.status != 127, "\(attempt[0]) is not there: that shows nothing")
      }
      // Nothing of it has changed anything.
      #expect(try daemon.members().allSatisfy { $0.state == "operational" })
      #expect(try Conversations(8, at: site).servers == ["s1", "s2"])
      #expect(!TextFile.exists("\(run)/attack.sock") && !TextFile.exists("\(own).state.new"))
      #expect(try daemon.stop() == 0)
    }
  }
}
