import Foundation
import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

/// `GET /api/v1/openapi.json` against what the API does.
@Suite("The API's description")
struct OpenAPITests {
  static func document() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(OpenAPI.document)) as? [String: Any])
  }

  static func paths() throws -> [String: [String: Any]] {
    try #require(try document()["paths"] as? [String: [String: Any]])
  }

  static func json(_ answer: APIResponse) async throws -> Any {
    let collected = Collected()
    switch answer.body {
    case .whole(let bytes): collected.add(bytes)
    case .pages(let produce): try await produce { collected.add($0) }
    case .events: Issue.record("a stream")
    }
    return try JSONSerialization.jsonObject(with: Data(collected.text.utf8), options: .fragmentsAllowed)
  }

  /// The schema of what a request is answered with.
  static func schema(_ path: String, _ method: String) throws -> [String: Any] {
    let operation = try #require(try paths()[path]?[method] as? [String: Any], "\(method) \(path)")
    let responses = operation["responses"] as? [String: [String: Any]]
    let content = responses?["200"]?["content"] as? [String: [String: Any]]
    return try #require(content?["application/json"]?["schema"] as? [String: Any])
  }

  @Test("It is served, as JSON, and is OpenAPI 3.1")
  func served() async throws {
    let answer = await API(operations: FakeSwitch()).answer(
      APIRequest(method: "GET", path: "/api/v1/openapi.json"))
    #expect(answer.contentType == "application/json")
    let document = try #require(try await OpenAPITests.json(answer) as? [String: Any])
    #expect(document["openapi"] as? String == "3.1.0")
    #expect((document["info"] as? [String: Any])?["version"] as? String == FlowSwitchVersion.current)
  }

  @Test("Every path of it is routed, with the methods, parameters and roles that it says")
  func described() async throws {
    var identifiers: Set<String> = []
    for (template, item) in try OpenAPITests.paths() {
      let names = template.matches(of: #/\{(\w+)\}/#).map { String($0.output.1) }
      let told = (item["parameters"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
      #expect(names == told)
      let path = template.replacing(#/\{\w+\}/#, with: "x")
      let route = try #require(Route(path: path), "\(template)")
      let methods = item.keys.filter { $0 != "parameters" }
      // HEAD goes without saying where GET is.
      #expect(
        Set(methods) == Set(route.methods.filter { $0 != "HEAD" }.map { $0.lowercased() }), "\(template)")
      for method in methods {
        let operation = try #require(item[method] as? [String: Any])
        let parameters = (operation["parameters"] as? [[String: Any]] ?? []).compactMap {
          $0["name"] as? String
        }
        #expect(parameters == route.parameters(for: method.uppercased()))
        #expect(operation["x-role"] as? String == route.role(for: method.uppercased()).rawValue)
        #expect(identifiers.insert(try #require(operation["operationId"] as? String)).inserted)
        let body = (operation["requestBody"] as? [String: Any])?["content"] as? [String: Any]
        guard case .action(let action) = route else {
          #expect(body == nil)
          continue
        }
        #expect(body?.keys.first == action.bodyType(for: method.uppercased()), "\(method) \(template)")
      }
    }
  }

  @Test("Every route of the API is in it")
  func complete() throws {
    let paths = Set(try OpenAPITests.paths().keys)
    for resource in Resource.allCases { #expect(paths.contains(API.prefix + resource.rawValue)) }
    for action in Action.samples { for template in action.templates { #expect(paths.contains(template)) } }
    // The paths that a wrong one is answered with.
    for path in Action.paths {
      let template =
        API.prefix + path.replacing("CLUSTER", with: "{cluster}").replacing("MEMBER", with: "{member}")
      #expect(paths.contains(template))
    }
    #expect(paths.count == Resource.allCases.count + Action.samples.flatMap(\.templates).count)
  }

  @Test("Rows are as it says", arguments: Resource.allCases)
  func rows(_ resource: Resource) async throws {
    let path = API.prefix + resource.rawValue
    let query = resource == .flows ? "for=100ms" : nil
    let answer = await API(operations: FakeSwitch()).answer(
      APIRequest(method: "GET", path: path, query: query))
    let value = try await OpenAPITests.json(answer)
    if resource != .version { #expect((value as? [Any])?.isEmpty == false) }
    let checker = SchemaChecker(document: try OpenAPITests.document())
    #expect(checker.faults(value, try OpenAPITests.schema(path, "get")) == [])
  }

  @Test("Answers to explain and admin states are, and so are the questions that the API takes")
  func actions() async throws {
    let checker = SchemaChecker(document: try OpenAPITests.document())
    let question = JSON.encode(
      ExplainQuestion(
        source: "10.10.0.5", source_port: 40000, destination: "10.50.0.100", destination_port: 80,
        protocol: "tcp", port: nil, begins: true))
    let state = JSON.encode(AdminStateBody(.draining))
    let cases: [(String, String, String, String, [UInt8])] = [
      ("/api/v1/explain", "/api/v1/explain", "POST", "ExplainQuestion", question),
      (
        "/api/v1/members/{cluster}/{member}/admin-state", "/api/v1/members/web/s1/admin-state", "PUT",
        "AdminStateRequest", state
      ),
      (
        "/api/v1/routers/{pool}/{router}/admin-state", "/api/v1/routers/up/r1/admin-state", "PUT",
        "AdminStateRequest", state
      ),
    ]
    for (template, path, method, schema, body) in cases {
      let asked = try JSONSerialization.jsonObject(with: Data(body))
      #expect(checker.faults(asked, ["$ref": "#/components/schemas/\(schema)"]) == [])
      let answer = await API(operations: FakeSwitch()).answer(
        APIRequest(method: method, path: path, body: body))
      #expect(answer.status == 200)
      let value = try await OpenAPITests.json(answer)
      #expect(checker.faults(value, try OpenAPITests.schema(template, method.lowercased())) == [])
    }
  }

  @Test(
    "Plans, outcomes and faults of a configuration are",
    arguments: [
      ("POST", "configuration/plan", "x"), ("PUT", "configuration", "x"),
      ("POST", "configuration/reload", ""),
    ])
  func configurations(_ method: String, _ path: String, _ text: String) async throws {
    let api = API(operations: FakeSwitch(), configuration: FakeConfiguration())
    let checker = SchemaChecker(document: try OpenAPITests.document())
    let answer = await api.answer(
      APIRequest(method: method, path: API.prefix + path, body: Array(text.utf8)))
    let schema = try OpenAPITests.schema(API.prefix + path, method.lowercased())
    #expect(answer.status == 200)
    #expect(checker.faults(try await OpenAPITests.json(answer), schema) == [])
    let refused = await api.answer(
      APIRequest(method: "PUT", path: API.prefix + "configuration", body: Array("faulty".utf8)))
    #expect(refused.status == 422)
    #expect(
      checker.faults(try await OpenAPITests.json(refused), ["$ref": "#/components/schemas/Error"]) == [])
  }

  @Test("The stream's state and events are")
  func stream() async throws {
    let checker = SchemaChecker(document: try OpenAPITests.document())
    let fake = FakeSwitch()
    let state = StateRows(
      ports: await fake.ports(), clusters: await fake.clusters(), members: await fake.members(),
      routers: await fake.routers())
    let value = try JSONSerialization.jsonObject(with: Data(JSON.encode(state)))
    #expect(checker.faults(value, ["$ref": "#/components/schemas/State"]) == [])
  }

  @Test("Refusals are, and every code is listed with its status")
  func refusals() async throws {
    let document = try OpenAPITests.document()
    let checker = SchemaChecker(document: document)
    let codes = try #require(document["x-error-codes"] as? [String: [String: Any]])
    #expect(Set(codes.keys) == Set(APIError.Code.allCases.map(\.rawValue)))
    for code in APIError.Code.allCases {
      let error = APIError(code, "why")
      #expect(codes[code.rawValue]?["status"] as? Int == error.status)
      let value = try await OpenAPITests.json(APIResponse(error))
      #expect(checker.faults(value, ["$ref": "#/components/schemas/Error"]) == [])
    }
  }

  @Test("Every reference leads somewhere")
  func references() throws {
    let document = try OpenAPITests.document()
    let checker = SchemaChecker(document: document)
    let text = String(decoding: OpenAPI.document, as: UTF8.self)
    let references = Set(text.matches(of: #/"\$ref":"([^"]+)"/#).map { String($0.output.1) })
    #expect(references.count > 10)
    for reference in references { #expect(checker.resolve(reference) != nil, "\(reference)") }
  }

  @Test("The checker finds what is wrong")
  func checker() throws {
    let checker = SchemaChecker(document: try OpenAPITests.document())
    func faults(_ text: String, _ schema: String) throws -> [String] {
      checker.faults(
        try JSONSerialization.jsonObject(with: Data(text.utf8)), ["$ref": "#/components/schemas/\(schema)"]
      ).sorted()
    }
    #expect(try faults(#"{"reason":"x","port":"p","packets":1}"#, "Drop") == [])
    #expect(try faults(#"{"reason":"x","port":"p"}"#, "Drop") == ["$: packets is missing"])
    #expect(try faults(#"{"reason":"x","port":"p","packets":-1}"#, "Drop") == ["$.packets: -1 is too small"])
    #expect(
      try faults(#"{"reason":"x","port":"p","packets":1.5}"#, "Drop") == ["$.packets: 1.5 is no integer"])
    #expect(try faults(#"{"reason":null,"port":"p","packets":1}"#, "Drop").count == 1)
    #expect(try faults(#"{"reason":"x","port":"p","packets":1,"z":0}"#, "Drop") == ["$: z is not known"])
    #expect(try faults(#"{"member":"m","state":"off"}"#, "AdminStateAnswer").count == 1)
    #expect(try faults("{}", "Nothing") == ["$: nothing is at #/components/schemas/Nothing"])
    #expect(checker.faults("x", ["pattern": "y"]) == ["$: unknown keyword pattern"])
    #expect(checker.faults("yesterday", ["format": "date-time"]).count == 1)
    #expect(checker.faults(true, ["type": "integer"]).count == 1)
  }
}
