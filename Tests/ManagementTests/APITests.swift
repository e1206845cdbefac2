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
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var method = "GET"
    var target: String
    var status: Int
    var code: String
    var message: String
    var testDescription: String { "\(method) \(target)" }
  }

  static let paths =
    "there is no such path; known: /api/v1/version, /api/v1/ports, /api/v1/clusters, /api/v1/members, /api/v1/buckets, /api/v1/flows, /api/v1/stations, /api/v1/arp, /api/v1/drops"

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
  ]

  @Test("Refusals have a status, a code and a reason", arguments: refusals)
  func refused(_ one: Refusal) async {
    let parts = one.target.split(separator: "?", maxSplits: 1).map(String.init)
    let answer = await API(operations: FakeSwitch()).answer(
      APIRequest(method: one.method, path: parts[0], query: parts.count > 1 ? parts[1] : nil))
    #expect(answer.status == one.status)
    guard case .whole(let bytes) = answer.body else {
      Issue.record("not whole")
      return
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"error":{"code":"\#(one.code)","message":"\#(one.message)"}}"#)
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
