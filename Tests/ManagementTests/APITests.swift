import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

@Suite("The API")
struct APITests {
  /// What the contract names, to the letter (spec/operator-surface.md; arp and version are ours).
  static let keys: [(Resource, String)] = [
    (
      .ports,
      "name role link speed_mbps mode rx_packets tx_packets rx_bytes tx_bytes rx_dropped tx_dropped stations"
    ),
    (
      .clusters,
      "name kind address virtual_mac mode state members_operational members_total buckets packets bytes"
    ),
    (
      .members,
      "cluster name port mac address weight admin_state state buckets packets bytes packets_per_second bytes_per_second new_flows_per_second leaving_packets_per_second last_change"
    ),
    (.flows, "protocol source destination cluster member packets bytes entry"),
    (.buckets, "cluster index member previous state packets"),
    (.stations, "mac vlan port kind age_seconds"),
    (.drops, "reason port packets"),
    (.arp, "address vlan mac kind owner state age_seconds"),
    (
      .routers,
      "pool name address mac port weight admin_state state servers buckets packets bytes packets_per_second bytes_per_second last_change"
    ),
    (.probes, "target targets kind state last_result latency_ms successes failures changed_at"),
    (.events, "number time kind severity subject cause effect buckets_moved"),
  ]

  @Test("Rows have every key of the contract and no other, whatever is missing", arguments: keys)
  func rowKeys(_ resource: Resource, _ names: String) async throws {
    try await withServer { path in
      let json = try await ControlClient(path: path).get(resource)
      let rows = try JSON.decode([[String: AnyValue]].self, from: json)
      #expect(!rows.isEmpty)
      for row in rows { #expect(Set(row.keys) == Set(names.split(separator: " ").map(String.init))) }
    }
  }

  @Test("Rows come back as they went")
  func rows() async throws {
    try await withServer { (path: String) async throws in
      let client = ControlClient(path: path)
      let fake = FakeSwitch()
      #expect(try await client.get(VersionRow.self, .version).value == fake.version())
      #expect(try await client.get([PortRow].self, .ports).value == fake.ports())
      #expect(try await client.get([ClusterRow].self, .clusters).value == fake.clusters())
      #expect(try await client.get([MemberRow].self, .members).value == fake.members())
      #expect(try await client.get([BucketRow].self, .buckets).value == fake.buckets(cluster: nil))
      #expect(try await client.get([FlowRow].self, .flows).value == fake.flows(for: .seconds(1)))
      #expect(try await client.get([StationRow].self, .stations).value == fake.stations())
      #expect(try await client.get([ARPRow].self, .arp).value == fake.arp())
      #expect(try await client.get([DropRow].self, .drops).value == fake.drops())
      #expect(try await client.get([RouterRow].self, .routers).value == fake.routers())
      #expect(try await client.get([ProbeRow].self, .probes).value == fake.probes())
      #expect(try await client.get([EventRow].self, .events).value == fake.events(after: nil))
    }
  }

  @Test("JSON is compact, ordered, and says null")
  func text() async throws {
    let answer = await API(operations: FakeSwitch()).answer(
      APIRequest(method: "GET", path: "/api/v1/buckets", query: "cluster=db"))
    guard case .whole(let bytes) = answer.body else {
      Issue.record("not whole")
      return
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"[{"cluster":"db","index":0,"member":"s1","packets":0,"previous":null,"state":"steady"}]"#)
  }

  @Test("Filters")
  func filters() async throws {
    try await withServer { path in
      let client = ControlClient(path: path)
      let members = try await client.get([MemberRow].self, .members, [("cluster", "web"), ("port", "sw-s1")])
        .value
      #expect(members.map(\.name) == ["s1"])
      #expect(try await client.get([BucketRow].self, .buckets, [("cluster", "web")]).value.count == 4)
      #expect(try await client.get([PortRow].self, .ports, [("port", "sw-r1")]).value.count == 1)
      #expect(try await client.get([ClusterRow].self, .clusters, [("cluster", "db")]).value.count == 1)
      #expect(
        try await client.get([FlowRow].self, .flows, [("cluster", "db"), ("for", "1s")]).value.count == 1)
      #expect(try await client.get([StationRow].self, .stations, [("vlan", "20")]).value.count == 1)
      #expect(
        try await client.get([StationRow].self, .stations, [("vlan", "20"), ("port", "sw-r1")]).value.isEmpty)
      #expect(try await client.get([ARPRow].self, .arp, [("vlan", "0")]).value.count == 1)
      #expect(try await client.get([DropRow].self, .drops, [("port", "sw-s1")]).value.count == 1)
      #expect(try await client.get([RouterRow].self, .routers, [("pool", "up")]).value.count == 2)
      #expect(
        try await client.get([RouterRow].self, .routers, [("pool", "up"), ("port", "sw-s1")]).value.isEmpty)
      #expect(try await client.get([ProbeRow].self, .probes, [("cluster", "web")]).value.count == 2)
      #expect(try await client.get([ProbeRow].self, .probes, [("cluster", "db")]).value.count == 1)
      #expect(try await client.get([ProbeRow].self, .probes, [("pool", "up")]).value.count == 1)
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var method = "GET"
    var target: String
    var body = ""
    var status: Int
    var code: String
    var message: String
    var testDescription: String { "\(method) \(target)" }
  }

  static let paths =
    "there is no such path; known: /api/v1/version, /api/v1/ports, /api/v1/clusters, /api/v1/members, /api/v1/buckets, /api/v1/flows, /api/v1/stations, /api/v1/arp, /api/v1/drops, /api/v1/routers, /api/v1/probes, /api/v1/events, /api/v1/events/follow, /api/v1/stream, /api/v1/capture, /api/v1/explain, /api/v1/members/CLUSTER/MEMBER/admin-state, /api/v1/openapi.json, /api/v1/configuration, /api/v1/configuration/plan, /api/v1/configuration/confirm, /api/v1/configuration/rollback, /api/v1/configuration/reload, /metrics"

  static let refusals: [Refusal] = [
    Refusal(target: "/", status: 404, code: "not-found", message: paths),
    Refusal(target: "/api/v1/port", status: 404, code: "not-found", message: paths),
    Refusal(target: "/api/v1/ports/", status: 404, code: "not-found", message: paths),
    Refusal(target: "/api/v2/ports", status: 404, code: "not-found", message: paths),
    Refusal(
      method: "POST", target: "/api/v1/ports", status: 405, code: "method-not-allowed",
      message: "only GET and HEAD are allowed here"),
    Refusal(
      method: "DELETE", target: "/api/v1/members", status: 405, code: "method-not-allowed",
      message: "only GET and HEAD are allowed here"),
    Refusal(
      target: "/api/v1/ports?prot=x", status: 400, code: "invalid",
      message: "unknown parameter 'prot'; known here: port"),
    Refusal(
      target: "/api/v1/version?x=1", status: 400, code: "invalid",
      message: "unknown parameter 'x'; none is known here"),
    Refusal(
      target: "/api/v1/buckets?cluster=nope", status: 404, code: "not-found",
      message: "there is no cluster 'nope'"),
    Refusal(
      target: "/api/v1/stations?port=e%2F9", status: 404, code: "not-found", message: "there is no port 'e/9'"
    ),
    Refusal(
      target: "/api/v1/stations?port=%zz", status: 400, code: "invalid",
      message: "parameter 'port' has no value"),
    Refusal(
      target: "/api/v1/stations?vlan=4095", status: 400, code: "invalid",
      message: "parameter 'vlan': '4095' is no number from 0 to 4094"),
    Refusal(
      target: "/api/v1/stations?vlan=1&vlan=2", status: 400, code: "invalid",
      message: "parameter 'vlan' is given twice"),
    Refusal(
      target: "/api/v1/flows?for=2", status: 400, code: "invalid",
      message: "parameter 'for': '2' is no duration from 100ms to 1m"),
    Refusal(
      target: "/api/v1/flows?for=2h", status: 400, code: "invalid",
      message: "parameter 'for': '2h' is no duration from 100ms to 1m"),
    Refusal(
      target: "/api/v1/flows?for=333ms", status: 409, code: "busy", message: "another command watches"),
    Refusal(
      target: "/api/v1/flows?for=444ms", status: 503, code: "unavailable", message: "the datapath has no tap"),
    Refusal(
      target: "/api/v1/routers?pool=nope", status: 404, code: "not-found",
      message: "there is no router pool 'nope'"),
    Refusal(
      target: "/api/v1/events?after=-1", status: 400, code: "invalid",
      message: "parameter 'after': '-1' is no number of an event"),
    Refusal(
      target: "/api/v1/events?limit=0", status: 400, code: "invalid",
      message: "parameter 'limit': '0' is no number from 1 to 1000000"),
    Refusal(
      target: "/api/v1/events/follow?limit=1", status: 400, code: "invalid",
      message: "unknown parameter 'limit'; known here: after"),
    Refusal(
      method: "POST", target: "/api/v1/events/follow", status: 405, code: "method-not-allowed",
      message: "only GET and HEAD are allowed here"),
    Refusal(
      target: "/api/v1/explain", status: 405, code: "method-not-allowed",
      message: "only POST is allowed here"),
    Refusal(
      method: "POST", target: "/api/v1/explain", body: "{", status: 400, code: "invalid",
      message: "the body is not a question: not JSON, or a number out of range"),
    Refusal(
      method: "POST", target: "/api/v1/explain", body: "{}", status: 400, code: "invalid",
      message: "the body is not a question: 'source' is missing"),
    Refusal(
      method: "POST", target: "/api/v1/explain",
      body: #"{"source":"a","source_port":70000,"destination":"b","protocol":"tcp","begins":false,"vlan":0}"#,
      status: 400, code: "invalid", message: "the body is not a question: not JSON, or a number out of range"),
    Refusal(
      method: "POST", target: "/api/v1/explain",
      body: #"{"source":"a","destination":"10.50.0.99","protocol":"tcp","begins":false,"vlan":0}"#,
      status: 503, code: "unavailable", message: "the datapath does not answer"),
    Refusal(
      target: "/api/v1/members/web/s1/admin-state", status: 405, code: "method-not-allowed",
      message: "only PUT is allowed here"),
    Refusal(
      method: "PUT", target: "/api/v1/members/web/s9/admin-state", body: #"{"state":"draining"}"#,
      status: 404,
      code: "not-found", message: "there is no member or router web/s9"),
    Refusal(
      method: "PUT", target: "/api/v1/members/web/s1/admin-state", body: #"{"state":"drain"}"#, status: 400,
      code: "invalid", message: "'drain' is no admin state; known: enabled, draining, disabled"),
    Refusal(
      method: "PUT", target: "/api/v1/members/web/s1/admin-state", body: #"["draining"]"#, status: 400,
      code: "invalid",
      message: #"the body is not an object like {\"state\":\"draining\"}: '' has the wrong type"#),
    Refusal(
      method: "PUT", target: "/api/v1/members/web//admin-state", status: 404, code: "not-found",
      message: paths),
    Refusal(
      method: "PUT", target: "/api/v1/members/web/s1/x/admin-state", status: 404, code: "not-found",
      message: paths),
  ]

  @Test("Refusals have a status, a code and a reason", arguments: refusals)
  func refused(_ one: Refusal) async {
    let parts = one.target.split(separator: "?", maxSplits: 1).map(String.init)
    let answer = await API(operations: FakeSwitch()).answer(
      APIRequest(
        method: one.method, path: parts[0], query: parts.count > 1 ? parts[1] : nil,
        body: Array(one.body.utf8)))
    #expect(answer.status == one.status)
    guard case .whole(let bytes) = answer.body else {
      Issue.record("not whole")
      return
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"error":{"code":"\#(one.code)","message":"\#(one.message)"}}"#)
  }

  @Test("Explain: question and answer come back as they went")
  func explain() async throws {
    try await withServer { (path: String) async throws in
      let question = ExplainQuestion(
        source: "10.10.0.5", source_port: 40000, destination: "10.50.0.100", destination_port: 80,
        protocol: "tcp", port: "sw-s1", begins: true)
      let fake = FakeSwitch()
      let answer = try await ControlClient(path: path).explain(question)
      #expect(try await fake.explain(question) == answer.value)
      #expect(String(decoding: answer.json, as: UTF8.self).contains(#""reason":null"#))
      await #expect(
        throws: ControlClientError.refused(code: "unavailable", message: "the datapath does not answer")
      ) {
        var other = question
        other.destination = "10.50.0.99"
        _ = try await ControlClient(path: path).explain(other)
      }
    }
  }

  @Test("X5 admin states of members and routers", arguments: AdminState.allCases)
  func adminState(_ state: AdminState) async throws {
    let fake = FakeSwitch()
    try await withServer(fake) { (path: String) async throws in
      let client = ControlClient(path: path)
      for member in ["web/s1", "up/r2"] {
        let answer = try await client.setAdminState(state, of: member)
        #expect(answer.value == AdminStateRow(member: member, state: state))
        #expect(fake.log.adminState(of: member) == state)
      }
      let raw = try #require(RawClient(path: path))
      let body = #"{"state":"\#(state.rawValue)"}"#
      raw.send(
        "PUT /api/v1/routers/up/r1/admin-state HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      )
      let answer = try #require(await raw.readToEnd(seconds: 30))
      #expect(answer.hasSuffix(#"{"member":"up/r1","state":"\#(state.rawValue)"}"#))
    }
  }

  @Test("X5 what is left of a drain; empty is what the daemon calls so, since the last request")
  func drainProgress() async throws {
    let fake = FakeSwitch()
    try await withServer(fake) { (path: String) async throws in
      let client = ControlClient(path: path)
      func progress(_ member: String) async throws -> DrainProgress? {
        try await client.drainProgress(of: member)
      }
      fake.log.add("drained", "web/s1")
      _ = try await client.setAdminState(.draining, of: "web/s1")
      // Three buckets are its own, one in transition comes from s2.
      #expect(
        try await progress("web/s1")
          == DrainProgress(
            member: "web/s1", adminState: .draining, buckets: 3, packetsPerSecond: 1, isEmpty: false))
      #expect(try await progress("web/s2")?.buckets == 1)
      #expect(try await progress("web/s2")?.adminState == .enabled)
      fake.log.add("drained", "web/s1")
      #expect(try await progress("web/s1")?.isEmpty == true)
      #expect(try await progress("web/s1")?.text == "web/s1: 3 buckets, 1 packets/s")
      #expect(try await progress("up/r1")?.buckets == 2048)
      #expect(try await progress("web/s9") == nil)
    }
  }

  @Test("The client tells a refusal from silence")
  func clientErrors() async throws {
    try await withServer { path in
      await #expect(throws: ControlClientError.refused(code: "not-found", message: "there is no cluster 'x'"))
      {
        try await ControlClient(path: path).get(.members, [("cluster", "x")])
      }
    }
    await #expect(
      throws: ControlClientError.noDaemon(path: "/nonexistent/x.sock", reason: "there is no such socket")
    ) {
      try await ControlClient(path: "/nonexistent/x.sock").get(.ports)
    }
  }
}

/// Any value of a flat row.
struct AnyValue: Decodable {
  init(from decoder: any Decoder) throws { _ = try decoder.singleValueContainer() }
}
