import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

extension ServingSuites {
  @Suite("The configuration by the API")
  struct ConfigurationAPI {
    private let fake = FakeConfiguration()

    private func answer(
      _ method: String, _ path: String, _ text: String = "", query: String? = nil
    ) async -> APIResponse {
      await API(operations: FakeSwitch(), configuration: fake).answer(
        APIRequest(
          method: method, path: API.prefix + "configuration" + path, query: query, body: Array(text.utf8)))
    }

    private func text(_ answer: APIResponse) -> String {
      guard case .whole(let bytes) = answer.body else { return "" }
      return String(decoding: bytes, as: UTF8.self)
    }

    @Test("What runs is YAML; what is applied runs")
    func runs() async {
      let before = await answer("GET", "")
      #expect(before.contentType == "application/yaml" && text(before) == "switch: {name: fs1}\n")
      #expect(await answer("PUT", "", "new", query: "confirm=60s").status == 200)
      #expect(text(await answer("GET", "")) == "new")
      #expect(
        text(await answer("POST", "/confirm"))
          == #"{"changed":false,"confirm_within_seconds":null,"is_start_file":false,"reread":[],"start_file":"/etc/flowswitch/fs1.yaml","warnings":[]}"#
      )
      #expect(await answer("POST", "/confirm").status == 404)
      #expect(fake.calls == ["apply 1m", "confirm", "confirm"])
    }

    @Test(
      "Refusals have their codes, and faults their places",
      arguments: [
        (
          "PUT", "", "faulty", nil, 422,
          #""code":"faulty","faults":[{"column":9,"expected":null,"file":"configuration","line":1"#
        ),
        ("POST", "/plan", "faulty", nil, 422, #""path":"switch.name""#),
        ("PUT", "", "busy", nil, 409, #""code":"busy""#),
        ("PUT", "", "x", "confirm=0s", 400, #""code":"invalid""#),
        ("PUT", "", "x", "confirm=25h", 400, "from 1s to"), ("PUT", "", "x", "confirm", 400, "no value"),
        ("POST", "/plan", "x", "confirm=1s", 400, "unknown parameter"),
        ("GET", "", "", "confirm=1s", 400, "unknown parameter"),
        ("DELETE", "", "", nil, 405, "GET and HEAD and PUT"),
        ("POST", "/undo", "", nil, 404, "configuration/rollback"),
      ])
    func refusals(
      _ method: String, _ path: String, _ body: String, _ query: String?, _ status: Int, _ part: String
    ) async {
      let answer = await answer(method, path, body, query: query)
      #expect(answer.status == status)
      #expect(text(answer).contains(part), "\(text(answer))")
    }

    @Test("A switch without one says so")
    func absent() async {
      let answer = await API(operations: FakeSwitch()).answer(
        APIRequest(method: "GET", path: "/api/v1/configuration"))
      #expect(answer.status == 503)
    }

    @Test("A long one goes through the socket, one that is too long is refused")
    func long() async throws {
      var limits = ServerLimits()
      limits.configuration = 1 << 20
      let fake = fake
      try await withServer(configuring: fake, limits: limits) { path in
        let client = ControlClient(path: path)
        let long = Array(repeating: UInt8(ascii: "#"), count: 1 << 20)
        #expect(try await client.plan(long).value.changes.count == 3)
        await #expect(
          throws: ControlClientError.refused(
            code: "too-large", message: "a body of 1048577 bytes; at most 1048576 are taken")
        ) { try await client.plan(long + [35]) }
        #expect(try await client.apply(long, confirm: "5s").confirm_within_seconds == 5)
        #expect(try await client.configurationText() == long)
        await #expect(throws: ControlClientError.self) { try await client.plan(Array("faulty".utf8)) }
        for verb in ConfigurationVerb.allCases { _ = try await client.change(verb) }
        #expect(fake.calls == ["plan", "apply 5s", "plan", "confirm", "rollback", "reload"])
      }
    }
  }

  @Suite("A plan as text")
  struct PlanTexts {
    @Test("Signs, moves, what hurts, and a summary; nothing that moves the cursor")
    func text() async throws {
      let plan = try await FakeConfiguration().plan(Array("pcap".utf8))
      #expect(
        PlanText.text(of: plan, colour: false) == """
          + member web/s3: port sw-s3, weight 100
          ~ switch hook: none → ?[2J
          - router pool up

          Buckets that move (connections stay where they are until they end):
            web: 1 of 4; there are about 12 packets/s and 3 new flows/s in them
              s1  3 → 2
              s3  0 → 1

          Connections that break:
            ! up: the pool is removed (7 packets/s now)

          Interruptions:
            ! nothing is forwarded meanwhile

          Larger tables, which go on with what is in those of now (it takes some seconds):
            members: 64 → 256

          3 changes; 1 bucket moves; connections break

          """)
      #expect(PlanText.text(of: plan, colour: true).contains("\u{1b}[32m+ member"))
      #expect(PlanText.text(of: ConfigurationPlan(), colour: true) == "nothing changes\n")
    }
  }
}
