import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

@Suite("Tables of health")
struct HealthRenderingTests {
  let fake = FakeSwitch()

  @Test("show routers, probes, events")
  func tables() async {
    #expect(
      Tables.routers.text(await fake.routers()) == """
        POOL  ROUTER  ADDRESS    MAC                PORT   WEIGHT  ADMIN    STATE        SERVERS  BUCKETS  PACKETS  BYTES  PACKETS/S  BYTES/S  LAST-CHANGE
        up    r1      10.50.0.1  02:00:00:00:01:01  sw-r1     100  enabled  operational        2     2048        9    900          3      300  2025-01-02T03:04:05Z
        up    r2      10.50.0.2  -                  sw-r1     100  enabled  unresolved         2     2048        9    900          3      300  2025-01-02T03:04:05Z

        """)
    #expect(
      Tables.probes.text(await fake.probes()) == """
        TARGET        KIND  STATE        LATENCY  SUCCESSES  FAILURES  CHANGED               LAST-RESULT
        web/s1,db/s1  http  operational  1.250ms        100         1  2025-01-02T03:04:05Z  ok
        up/r2         arp   failed             -          0        12  2025-01-02T03:04:06Z  no answer within 100ms
        web/s2        tcp   unknown            -          0         0  2025-01-02T03:04:07Z  -

        """)
    #expect(
      Tables.events.text(await fake.events(after: 1)) == """
        NUMBER  TIME                      KIND         SUBJECT  MOVED  CAUSE; EFFECT
             2  2025-01-02T03:04:05.678Z  member-down  web/s2       2  http: status 503; 2 buckets moved
             3  2025-01-02T03:04:05.678Z  member-up    web/s2       0  http: ok

        """)
  }

  @Test("An event as a line, with what a terminal must not get taken out")
  func line() {
    let row = EventRow(
      number: 9, time: "T", kind: "router-down", severity: "warning", subject: "up/r1",
      cause: "exec: \u{1b}[2Jout", effect: "others take over", buckets_moved: 7)
    #expect(
      EventLine.text(of: row)
        == "T  router-down       up/r1                 exec: ?[2Jout; others take over (7 buckets)\n")
    #expect(
      EventLine.text(of: row, colour: true)
        == "T  \u{1b}[31mrouter-down     \u{1b}[0m  up/r1                 exec: ?[2Jout; others take over (7 buckets)\n"
    )
  }

  @Test("explain: table by table, then the verdict")
  func explanation() async throws {
    let question = ExplainQuestion(
      source: "10.10.0.5", source_port: 1, destination: "10.50.0.100", destination_port: 80, protocol: "tcp",
      port: nil, begins: false)
    var answer = try await fake.explain(question)
    #expect(
      Tables.text(of: answer) == """
        direction  inbound
          port     sw-r1 is a router port
          cluster  10.50.0.100:80 tcp is web
        verdict    forward to web/s1 by sw-s1, destination MAC 02:00:00:00:02:01

        """)
    answer = Explanation(
      direction: "other", steps: [], verdict: "drop", reason: "no-member", port: nil, destination_mac: nil,
      cluster: "web", member: nil)
    #expect(
      Tables.text(of: answer, colour: true)
        == "direction  other\nverdict    \u{1b}[31mdrop (no-member) to web\u{1b}[0m\n")
  }

  @Test("A latency that is none is not shown as one", arguments: [-1, .nan, .infinity])
  func latency(_ value: Double) {
    let row = ProbeRow(
      targets: ["a/b"], kind: "tcp", state: "failed", last_result: nil, latency_ms: value, successes: 0,
      failures: 0, changed_at: "T")
    #expect(Tables.probes.text([row]).contains("  failed        -  "))
  }
}
