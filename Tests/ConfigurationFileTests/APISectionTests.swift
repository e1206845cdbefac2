import SwitchModel
import Testing
import Wire

@testable import ConfigurationFile

@Suite("api")
struct APISectionTests {
  static let head = "switch: {name: fs1}\nports: [{name: e1}]\n"

  @Test("All of it, and nothing of it")
  func whole() throws {
    let text =
      APISectionTests.head
        + """
        api:
          listen: "[::]:8443"
          certificate: /etc/flowswitch/cert.pem
          key: /etc/flowswitch/key.pem
          tokens: /etc/flowswitch/tokens
          group: flowswitch
        """
    let file = try ConfigurationFile(bytes: Array(text.utf8), file: "t.yaml")
    #expect(
      file.configuration.api
        == APIConfiguration(
          listen: ListenAddress(IPAddress(hi: 0, lo: 0, isIPv6: true), port: 8443),
          certificate: "/etc/flowswitch/cert.pem", key: "/etc/flowswitch/key.pem",
          tokens: "/etc/flowswitch/tokens", group: "flowswitch"))
    #expect(file.diagnostics.isEmpty)
    #expect(try ConfigurationFile(bytes: Array(APISectionTests.head.utf8), file: "").configuration.api == nil)
  }

  @Test(
    "Fine",
    arguments: [
      "{}", "{group: adm}", "{listen: '127.0.0.1:80'}", "{listen: '127.9.9.9:1'}",
      "{listen: '[::1]:65535', tokens: /t}",
    ])
  func fine(_ text: String) { #expect(diagnostics(APISectionTests.head + "api: \(text)\n") == []) }

  static let listen = "expected an address and a port, like 127.0.0.1:8443 or [::1]:8443"
  static let cases: [FaultCase] = [
    FaultCase(
      "no mapping", head + "api: 8443\n",
      "3:6: api: '8443'; expected a mapping with the keys listen, certificate, key, tokens, group"),
    FaultCase(
      "plain beyond this machine", head + "api: {listen: '10.0.0.1:80'}\n",
      "3:15: api.listen: 10.0.0.1:80 can be reached from other machines, and nothing encrypts what is said; expected certificate and key beside it, or an address of 127.0.0.0/8 or ::1"
    ),
    FaultCase(
      "everywhere", head + "api: {listen: '[::]:80'}\n",
      "3:15: api.listen: [::]:80 can be reached from other machines, and nothing encrypts what is said; expected certificate and key beside it, or an address of 127.0.0.0/8 or ::1"
    ),
    FaultCase(
      "no tokens", head + "api: {listen: '10.0.0.1:80', certificate: /c, key: /k}\n",
      "3:15: warning: api.listen: who reaches 10.0.0.1:80 may read everything; expected tokens, if that is not wanted"
    ),
    FaultCase(
      "half", head + "api:\n  listen: '127.0.0.1:80'\n  key: /k\n",
      "5:8: api.key: there is no certificate; expected certificate and key, or neither"),
    FaultCase(
      "the other half", head + "api:\n  listen: '127.0.0.1:80'\n  certificate: /c\n",
      "5:16: api.certificate: there is no key; expected certificate and key, or neither"),
    FaultCase(
      "nowhere", head + "api:\n  tokens: /t\n",
      "4:11: api.tokens: there is no address to listen on; expected listen beside it, or no key tokens"),
    FaultCase(
      "relative", head + "api:\n  listen: '127.0.0.1:80'\n  tokens: t\n",
      "5:11: api.tokens: 't' is not an absolute path; expected the absolute path of a file"),
    FaultCase(
      "group", head + "api: {group: Root}\n",
      "3:14: api.group: 'Root' is not the name of a group; expected the name of a group: 1 to 32 of a-z, 0-9, _ and -, a letter or _ first"
    ),
    FaultCase(
      "unknown", head + "api: {lisen: x}\n",
      "3:7: api: unknown key 'lisen', did you mean 'listen'?; expected one of listen, certificate, key, tokens, group"
    ),
  ]

  @Test("Faults", arguments: cases)
  func faults(_ one: FaultCase) { #expect(diagnostics(one.text) == one.expected) }

  @Test(
    "What is no address with a port",
    arguments: [
      "8443", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+80", "::1:80", "[::1]",
      "[127.0.0.1]:80", "localhost:80", "127.0.0.1:80x", ":80", "[::1]80", "",
    ])
  func noAddress(_ text: String) {
    #expect(
      diagnostics(APISectionTests.head + "api: {listen: '\(text)'}\n")
        == ["t.yaml:3:15: api.listen: '\(text)' is not an address with a port; \(APISectionTests.listen)"])
  }
}
