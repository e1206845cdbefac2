import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

@Suite("Tables")
struct RenderingTests {
  let fake = FakeSwitch()

  @Test("show ports")
  func ports() async {
    #expect(
      Tables.ports.text(await fake.ports()) == """
        PORT   ROLE    LINK      SPEED  MODE  RX-PACKETS      RX-BYTES  RX-DROPPED  TX-PACKETS  TX-BYTES  TX-DROPPED  STATIONS
        sw-r1  router  up    10000Mb/s  xdp     12345678  987654321012           0           7       448           0         1
        sw-s1  server  down          -  xdp          999            64           3        1000   1213999           0        12

        """)
  }

  @Test("show ports --human")
  func human() async {
    #expect(
      Tables.ports.text(await fake.ports(), numbers: .human) == """
        PORT   ROLE    LINK      SPEED  MODE  RX-PACKETS  RX-BYTES  RX-DROPPED  TX-PACKETS  TX-BYTES  TX-DROPPED  STATIONS
        sw-r1  router  up    10000Mb/s  xdp       12.34M   987.65G           0           7       448           0         1
        sw-s1  server  down          -  xdp          999        64           3       1.00k     1.21M           0        12

        """)
  }

  @Test("show clusters, members, buckets")
  func clusters() async throws {
    #expect(
      Tables.clusters.text(await fake.clusters()) == """
        CLUSTER  KIND    ADDRESS      VIRTUAL-MAC        MODE          STATE        MEMBERS  BUCKETS  PACKETS  BYTES
        web      server  10.50.0.100  02:f5:00:00:00:01  balanced      degraded         1/2        4       10    640
        db       server  fd50::1      02:f5:00:00:00:02  availability  operational      1/1        1        0      0

        """)
    #expect(
      Tables.members.text(await fake.members()) == """
        CLUSTER  MEMBER  PORT   MAC                ADDRESS  WEIGHT  ADMIN    STATE        BUCKETS  PACKETS  BYTES  PACKETS/S  BYTES/S  NEW-FLOWS/S  LEAVING/S  LAST-CHANGE
        web      s1      sw-s1  02:00:00:00:02:01  -           100  enabled  operational        2        5    320          1       64            0          0  2025-01-02T03:04:05Z
        web      s2      sw-r1  -                  -           100  enabled  unresolved         2        5    320          1       64            0          0  2025-01-02T03:04:05Z
        db       s1      sw-s1  02:00:00:00:02:01  -           100  enabled  primary            2        5    320          1       64            0          0  2025-01-02T03:04:05Z

        """)
    #expect(
      Tables.buckets.text(try await fake.buckets(cluster: "web")) == """
        CLUSTER  BUCKET  MEMBER  PREVIOUS  STATE    PACKETS
        web           0  s1      -         steady         0
        web           1  s1      -         steady         1
        web           2  s1      s2        transit        2
        web           3  -       -         empty          3

        """)
  }

  @Test("show flows, stations, arp, drops")
  func rest() async throws {
    #expect(
      Tables.flows.text(try await fake.flows(for: .zero)) == """
        PROTOCOL  SOURCE           DESTINATION     CLUSTER  MEMBER  PACKETS  BYTES  ENTRY
        tcp       10.10.0.5:40000  10.50.0.100:80  web      s1            9    900  yes
        esp       fd00::5          fd50::1         db       s1            1    100  no

        """)
    #expect(
      Tables.stations.text(await fake.stations()) == """
        MAC                VLAN  PORT   KIND     AGE-SECONDS
        02:00:00:00:01:01     -  sw-r1  learned            3
        02:00:00:00:02:01    20  sw-s1  static             0

        """)
    #expect(
      Tables.arp.text(await fake.arp()) == """
        ADDRESS      VLAN  MAC                KIND       OWNER  STATE      AGE-SECONDS
        10.50.0.100     -  02:f5:00:00:00:01  virtual    web    reachable            0
        10.50.0.1      20  -                  neighbour  sw-r1  asking               2

        """)
    #expect(
      Tables.drops.text(await fake.drops()) == """
        REASON     PORT   PACKETS
        no-member  sw-r1       17
        isolated   sw-s1        2

        """)
    #expect(Tables.drops.text([]) == "REASON  PORT  PACKETS\n")
  }

  @Test("show version")
  func version() async {
    #expect(
      Tables.text(of: await fake.version()) == """
        switch:    fs1
        version:   0.1.0
        pid:       4711
        datapath:  xdp
        reason:    every port's driver can
        kernel:    6.12.0
        started:   2025-01-02T03:04:05Z
        adopted:   no

        """)
  }

  @Test("Colours are around words only: without them the table is the same")
  func colour() async {
    let rows = await fake.clusters()
    let painted = Tables.clusters.text(rows, colour: true)
    #expect(painted.contains("\u{1b}[33mdegraded\u{1b}[0m  "))
    #expect(painted.contains("\u{1b}[32moperational\u{1b}[0m"))
    #expect(painted.hasPrefix("\u{1b}[1mCLUSTER\u{1b}[0m"))
    var plain = painted
    for code in ["[0m", "[1m", "[31m", "[32m", "[33m"] { plain = plain.replacing("\u{1b}\(code)", with: "") }
    #expect(plain == Tables.clusters.text(rows))
  }

  @Test("Names cannot move the cursor")
  func unsafeText() {
    let rows = [DropRow(reason: "a\u{1b}[2Jb\u{9b}c\u{202e}", port: "e\n1", packets: 1)]
    #expect(Tables.drops.text(rows) == "REASON     PORT  PACKETS\na?[2Jb?c?  e?1         1\n")
  }

  @Test(
    "Short counters never show more than was counted",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1.00k"), (1_213_999, "1.21M"), (999_999, "999.99k"),
      (1_000_000, "1.00M"),
      (UInt64.max, "18.44E"),
    ] as [(UInt64, String)])
  func short(_ value: UInt64, _ text: String) { #expect(NumberStyle.human.text(value) == text) }
}
