import SwitchModel
import Testing
import Wire

@testable import ConfigurationFile

@Suite("H12 probes")
struct ProbeTests {
  struct Good: Sendable, CustomTestStringConvertible {
    var text: String
    var expected: ProbeConfiguration?
    /// Of the cluster.
    var address = "10.50.0.100"
    var testDescription: String { text }
  }

  static let goods: [Good] = [
    Good(text: "none", expected: nil),
    Good(text: "{kind: arp}", expected: ProbeConfiguration(kind: .arp)),
    Good(text: "{kind: nd}", expected: ProbeConfiguration(kind: .nd), address: "\"fd50::1\""),
    Good(
      text: "{kind: icmp, interval: 200ms, jitter: 20ms, fast-interval: 50ms, fall: 1, rise: 100}",
      expected: ProbeConfiguration(
        kind: .icmp, interval: .milliseconds(200), timeout: .milliseconds(50), fall: 1, rise: 100,
        jitter: .milliseconds(20), fastInterval: .milliseconds(50))),
    Good(
      text: #"{kind: tcp, port: 25, send: "a\r\n\0\x7f", expect: '220 '}"#,
      expected: ProbeConfiguration(
        kind: .tcp, port: 25, send: [0x61, 13, 10, 0, 0x7f], expect: Array("220 ".utf8))),
    Good(
      text: #"{kind: udp, port: 7, send: "ä"}"#,
      expected: ProbeConfiguration(kind: .udp, port: 7, send: [0xc3, 0xa4])),
    Good(
      text: "{kind: dns, query: example.net}",
      expected: ProbeConfiguration(kind: .dns, port: 53, query: "example.net")),
    Good(
      text: "{kind: dns, port: 5353, query: a.example., type: aaaa, answer: \"fd00::1\"}",
      expected: ProbeConfiguration(
        kind: .dns, port: 5353, query: "a.example.", queryType: "AAAA",
        answer: IPAddress("fd00::1"))),
    Good(
      text: "{kind: dns, query: ., type: NS, rcode: nxdomain}",
      expected: ProbeConfiguration(
        kind: .dns, port: 53, query: ".", queryType: "NS", responseCode: 3)),
    Good(
      text: "{kind: dns, query: x, rcode: 9}",
      expected: ProbeConfiguration(kind: .dns, port: 53, query: "x", responseCode: 9)),
    Good(
      text: "{kind: http}", expected: ProbeConfiguration(kind: .http, port: 80, path: "/")),
    Good(
      text: "{kind: http, port: 8080, method: HEAD, path: /a?b=c, host: \"h:8080\", status: 204}",
      expected: ProbeConfiguration(
        kind: .http, port: 8080, method: "HEAD", path: "/a?b=c", host: "h:8080", statuses: [204...204])),
    Good(
      text: "{kind: https, status: [200, 300-399], body: ok, tls-name: a.example, tls-ca: /ca.pem}",
      expected: ProbeConfiguration(
        kind: .https, port: 443, path: "/", statuses: [200...200, 300...399], body: "ok",
        tlsName: "a.example", tlsCA: "/ca.pem")),
    Good(
      text: "{kind: https, tls-verify: false}",
      expected: ProbeConfiguration(kind: .https, port: 443, path: "/", tlsVerify: false)),
    Good(
      text: "{kind: exec, command: [/bin/check, -v], damping: {flaps: 3, window: 1m, hold: 5m}}",
      expected: ProbeConfiguration(
        kind: .exec, command: ["/bin/check", "-v"],
        damping: FlapDamping(flaps: 3, window: .seconds(60), hold: .seconds(300)))),
    Good(
      text: "{kind: link, damping: {flaps: 2, window: 1s, hold: 24h}}",
      expected: ProbeConfiguration(
        kind: .link, damping: FlapDamping(flaps: 2, window: .seconds(1), hold: .seconds(86400)))),
  ]

  @Test("H12 every kind reaches the model with its keys and defaults", arguments: goods)
  func good(_ one: Good) throws {
    let text =
      head + """
          - name: a
            address: \(one.address)
            members: [{name: m, port: p1}]
            probe: \(one.text)
        """
    let file = try ConfigurationFile(bytes: Array(text.utf8), file: "t.yaml")
    #expect(file.configuration.clusters[0].probe == one.expected)
    #expect(file.diagnostics.isEmpty)
  }

  @Test(
    "H12 a key that a kind does not have is an error that names those it has", arguments: ProbeKind.allCases)
  func foreignKeys(_ kind: ProbeKind) {
    let all = [
      "port: 1", "send: x", "expect: x", "query: x", "type: A", "rcode: 0", "answer: 10.0.0.1",
      "method: GET", "path: /", "host: x", "status: 200", "body: x", "tls-name: x", "tls-ca: /x",
      "tls-verify: true", "command: [/x]", "interval: 1s", "timeout: 100ms", "fall: 1", "rise: 1",
      "jitter: 1ms", "fast-interval: 1s", "damping: {flaps: 2, window: 1s, hold: 1s}",
    ]
    let own = ProbeDraft.keys(of: kind)
    let text =
      head + """
          - name: a
            address: \(kind == .nd ? "\"fd50::1\"" : "10.50.0.100")
            members: [{name: m, port: p1}]
            probe: {kind: \(kind.rawValue), \(all.joined(separator: ", "))}
        """
    let names = all.map { String($0.split(separator: ":")[0]) }
    let wrong = names.filter { !own.contains($0) }
    let found = diagnostics(text)
    #expect(found.count == wrong.count)
    for (line, name) in zip(found, wrong) {
      #expect(
        line.hasSuffix(
          "clusters[0].probe.\(name): a probe of kind \(kind.rawValue) has no \(name); expected one of \(own.joined(separator: ", "))"
        ))
    }
  }

  static let faults: [FaultCase] = [
    FaultCase(
      "text and bytes",
      probes(
        #"{kind: tcp, port: 0, send: "", expect: [x]}"#,
        "{kind: udp, port: 53}"),
      "10:30: clusters[0].probe.port: 0 is out of range; expected a whole number from 1 to 65535",
      "10:39: clusters[0].probe.send: a text of 0 bytes; expected a text of 1 to 1024 bytes",
      "10:51: clusters[0].probe.expect: a list; expected a text of 1 to 1024 bytes",
      "14:12: clusters[1].probe.send: missing; expected a text to send"),
    FaultCase(
      "dns",
      probes(
        "{kind: dns, query: a..b, type: ANY, rcode: nxdomian}",
        "{kind: dns, query: x, type: MX, answer: 10.0.0.1}",
        "{kind: dns, query: x, rcode: refused, answer: 10.0.0.1}",
        "{kind: dns, answer: \"fd00::1\"}"),
      "10:31: clusters[0].probe.query: 'a..b' is not a domain name; expected a domain name like www.example.net",
      "10:43: clusters[0].probe.type: unknown record type 'ANY'; expected one of A, AAAA, SOA, NS, MX, TXT, SRV, PTR",
      "10:55: clusters[0].probe.rcode: 'nxdomian' is not a response code, did you mean 'nxdomain'?; expected one of noerror, formerr, servfail, nxdomain, notimp, refused, yxdomain, yxrrset, nxrrset, notauth, notzone, or a number from 0 to 15",
      "14:52: clusters[1].probe.answer: 10.0.0.1 is never among records of type MX; expected type: A, or no key answer",
      "18:58: clusters[2].probe.answer: an answer is expected together with an error; expected rcode: noerror, or no key answer",
      "22:12: clusters[3].probe.query: missing; expected a domain name",
      "22:32: clusters[3].probe.answer: fd00::1 is never among records of type A; expected type: AAAA, or no key answer"
    ),
    FaultCase(
      "http",
      probes(
        "{kind: http, method: GTE, host: \"a\\r\\nb\", status: 99, body: \"\"}",
        "{kind: http, method: HEAD, body: x, status: [200, 400-300], path: \"/a b\"}",
        "{kind: https, tls-verify: false, tls-ca: ca.pem, status: []}",
        "{kind: https, tls-verify: no, tls-ca: /ca.pem, tls-name: \"a b\"}"),
      "10:33: clusters[0].probe.method: 'GTE', did you mean 'GET'?; expected one of GET, HEAD, OPTIONS, POST",
      "10:44: clusters[0].probe.host: 'a\\u{d}\\u{a}b' is not a host; expected the name or address of a host",
      "10:62: clusters[0].probe.status: '99'; expected a status code from 100 to 599, or a range like 200-399",
      "10:72: clusters[0].probe.body: a text of 0 bytes; expected a text of 1 to 4096 bytes",
      "14:45: clusters[1].probe.body: an answer to HEAD has no body; expected another method, or no key body",
      "14:62: clusters[1].probe.status[1]: '400-300'; expected a status code from 100 to 599, or a range like 200-399",
      "14:78: clusters[1].probe.path: '/a b' is not a path; expected a path like /health, without white space, of at most 2048 bytes",
      "18:53: clusters[2].probe.tls-ca: 'ca.pem' is not an absolute path; expected the absolute path of a file",
      "18:53: clusters[2].probe.tls-ca: nothing is checked with it; expected tls-verify: true, or no key tls-ca",
      "18:69: clusters[2].probe.status: the list is empty; expected at least one status code",
      "22:38: clusters[3].probe.tls-verify: 'no'; expected true or false",
      "22:69: clusters[3].probe.tls-name: 'a b' is not a host; expected the name or address of a host"),
    FaultCase(
      "times",
      probes(
        "{kind: arp, interval: 100ms, timeout: 80ms, fast-interval: 50ms, jitter: 200ms}",
        "{kind: arp, interval: 100ms, fast-interval: 1s}",
        "{kind: arp, damping: {flaps: 1, window: 10ms}}",
        "{kind: link, interval: 1s}"),
      "10:50: clusters[0].probe.timeout: 80ms is longer than the fast interval of 50ms; expected at most 50ms",
      "10:85: clusters[0].probe.jitter: 200ms is out of range; expected a duration from 0s to 100ms, like 200ms, 1s, 1.5s, 1m or 1h",
      "14:56: clusters[1].probe.fast-interval: 1s is out of range; expected a duration from 10ms to 100ms, like 200ms, 1s, 1.5s, 1m or 1h",
      "18:33: clusters[2].probe.damping.hold: missing; expected a duration like 5m",
      "18:41: clusters[2].probe.damping.flaps: 1 is out of range; expected a whole number from 2 to 100",
      "18:52: clusters[2].probe.damping.window: 10ms is out of range; expected a duration from 1s to 24h, like 200ms, 1s, 1.5s, 1m or 1h",
      "22:25: clusters[3].probe.interval: a probe of kind link has no interval; expected one of kind, damping"
    ),
    FaultCase(
      "the family, and a subnet that has no address",
      head + """
          - {name: a, address: 10.50.0.1, members: [{name: m, port: p1}], probe: {kind: nd}}
          - {name: b, address: "fd50::1", members: [{name: m, port: p1}], probe: {kind: arp}}
          - {name: c, address: 10.1.0.0/24, members: [{name: m, port: p1, mac: "02:00:00:00:00:01"}], probe: {kind: icmp}}
          - {name: d, address: 10.2.0.0/24, members: [{name: m, port: p1, mac: "02:00:00:00:00:01"}], probe: {kind: link}}
          - {name: e, address: 10.3.0.0/24, members: [{name: m, port: p1, address: 10.50.0.9}], probe: {kind: icmp}}
          - {name: f, address: 10.4.0.1, members: [{name: m, port: p1}], probe: off}
        """,
      "7:81: clusters[0].probe.kind: nd does not go with an IPv4 address; expected arp",
      "8:81: clusters[1].probe.kind: arp does not go with an IPv6 address; expected nd",
      "9:102: clusters[2].probe: member 'm' has no address to be probed at: the cluster's address is a subnet; expected the key address instead of mac in each member, or a probe of kind link or exec",
      "12:73: clusters[5].probe: 'off'; expected a mapping with the keys kind, interval, timeout, fall, rise, jitter, fast-interval, damping, port, send, expect, query, type, rcode, answer, method, path, host, status, body, tls-name, tls-ca, tls-verify, command, or none"
    ),
  ]

  @Test("H12 faults of probes", arguments: faults)
  func fault(_ one: FaultCase) { #expect(diagnostics(one.text) == one.expected) }

  /// A cluster for each probe, four lines each; the probe stands on the fourth.
  static func probes(_ texts: String...) -> String {
    head
      + texts.enumerated().map { i, text in
        """
          - name: c\(i)
            address: 10.50.0.\(i + 1)
            members: [{name: m, port: p1}]
            probe: \(text)

        """
      }.joined()
  }
}
