import SwitchModel
import Testing
import Wire

@testable import Management

@Suite("Questions to explain")
struct QuestionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var address: String?
    var port: UInt16?
    var error: EndpointError?
    var testDescription: String { text }
  }

  static let endpoints: [Case] = [
    Case(text: "10.0.0.1", address: "10.0.0.1"),
    Case(text: "10.0.0.1:80", address: "10.0.0.1", port: 80),
    Case(text: "fd00::1", address: "fd00::1"),
    Case(text: "[fd00::1]:65535", address: "fd00::1", port: 65535),
    Case(text: "[fd00::1]", address: "fd00::1"),
    Case(text: "fd00::1:80", address: "fd00::1:80"),
    Case(text: "10.0.0.1:", error: .notAPort("")),
    Case(text: "10.0.0.1:0", error: .notAPort("0")),
    Case(text: "10.0.0.1:65536", error: .notAPort("65536")),
    Case(text: "10.0.0.1:+8", error: .notAPort("+8")),
    Case(text: "10.0.0.1:http", error: .notAPort("http")),
    Case(text: "[fd00::1]:", error: .notAPort("")),
    Case(text: "[10.0.0.1]:80", error: .notAnAddress("[10.0.0.1]:80")),
    Case(text: "[fd00::1", error: .notAnAddress("[fd00::1")),
    Case(text: "[fd00::1]80", error: .notAnAddress("[fd00::1]80")),
    Case(text: "10.0.0:80", error: .notAnAddress("10.0.0:80")),
    Case(text: "web", error: .notAnAddress("web")),
    Case(text: "", error: .notAnAddress("")),
  ]

  @Test("Addresses with and without ports", arguments: endpoints)
  func endpoint(_ one: Case) throws {
    if let error = one.error {
      #expect(throws: error) { try Endpoint(one.text) }
    } else {
      let endpoint = try Endpoint(one.text)
      #expect(endpoint.address == IPAddress(one.address ?? ""))
      #expect(endpoint.port == one.port)
    }
  }

  static func question(
    _ source: String, _ destination: String, _ name: String = "tcp", port: String? = nil,
    begins: Bool = false, vlan: Int = 0
  ) throws(QuestionError) -> ExplainQuestion {
    try ExplainQuestion(
      source: source, destination: destination, protocolText: name, port: port, begins: begins, vlan: vlan)
  }

  @Test("What is asked")
  func questions() throws {
    #expect(
      try QuestionTests.question("10.1.0.1:5", "10.0.0.1:80", port: "e1", begins: true, vlan: 7)
        == ExplainQuestion(
          source: "10.1.0.1", source_port: 5, destination: "10.0.0.1", destination_port: 80, protocol: "tcp",
          port: "e1", begins: true, vlan: 7))
    #expect(try QuestionTests.question("fd00:0::1", "fd00::2", "ESP").protocol == "esp")
    #expect(try QuestionTests.question("fd00:0::1", "fd00::2", "50").protocol == "esp")
    #expect(try QuestionTests.question("fd00:0::1", "fd00::2", "253").protocol == "253")
    #expect(try QuestionTests.question("fd00:0::1", "fd00::2").source == "fd00::1")
  }

  @Test("What cannot be asked")
  func refusals() {
    #expect(throws: QuestionError.families) { try QuestionTests.question("10.0.0.1", "fd00::1") }
    #expect(throws: QuestionError.unknownProtocol("tpc")) {
      try QuestionTests.question("10.0.0.1", "10.0.0.2", "tpc")
    }
    #expect(throws: QuestionError.unknownProtocol("256")) {
      try QuestionTests.question("10.0.0.1", "10.0.0.2", "256")
    }
    #expect(throws: QuestionError.noPorts("icmp")) {
      try QuestionTests.question("10.0.0.1", "10.0.0.2:80", "1")
    }
    #expect(throws: QuestionError.notTCP("udp")) {
      try QuestionTests.question("10.0.0.1", "10.0.0.2", "udp", begins: true)
    }
    #expect(throws: QuestionError.notAVLAN(4095)) {
      try QuestionTests.question("10.0.0.1", "10.0.0.2", vlan: 4095)
    }
    #expect(throws: QuestionError.endpoint(.notAPort("0"))) {
      try QuestionTests.question("10.0.0.1:0", "10.0.0.2")
    }
    #expect(
      QuestionError.endpoint(.notAnAddress("x")).description
        == "'x' is no address; expected one like 10.0.0.1, 10.0.0.1:80, fd00::1 or [fd00::1]:80")
  }
}
