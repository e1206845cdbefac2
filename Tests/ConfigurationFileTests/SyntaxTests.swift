import SwitchModel
import Testing

@testable import ConfigurationFile

@Suite("Bytes and YAML")
struct SyntaxTests {
  static let cases: [FaultCase] = [
    FaultCase("empty", "", "1:1: the file is empty; expected a mapping with the keys switch and ports"),
    FaultCase(
      "comments only", "# nothing\n",
      "1:1: the file is empty; expected a mapping with the keys switch and ports"),
    FaultCase(
      "a scalar", "hello",
      "1:1: 'hello'; expected a mapping with the keys switch, ports, clusters, router-pools, api"),
    FaultCase(
      "a list", "- a\n",
      "1:1: a list; expected a mapping with the keys switch, ports, clusters, router-pools, api"),
    FaultCase(
      "a bracket left open", "switch: {name: fs1\nports: []\n",
      "2:6: not YAML: did not find expected ',' or '}' (while parsing a flow mapping at 1:9); expected well-formed YAML"
    ),
    FaultCase(
      "a tab", "switch:\n\tname: fs1\n",
      "2:1: not YAML: found character that cannot start any token (while scanning for the next token at 2:1); expected well-formed YAML"
    ),
    FaultCase(
      "two documents", "switch: {name: a}\n---\nports: []\n",
      "2:1: a second document begins; expected one YAML document"),
    FaultCase("a control character", "a: \u{1}b\n", "1:4: control character U+1; expected text"),
    FaultCase(
      "a duplicate key", "switch: {name: fs1, name: fs2}\nports: [{name: e1}]\n",
      "1:21: switch.name: duplicate key 'name', first on line 1; expected each key once"),
    FaultCase(
      "duplicate keys among other faults",
      """
      switch:
        name: fs1
        "name": fs2
        datapath: dpdk
        name: fs3
      ports:
        - {name: e1}
      switch: 1
      """,
      "3:3: switch.name: duplicate key 'name', first on line 2; expected each key once",
      "4:13: switch.datapath: 'dpdk'; expected one of auto, xdp, xdp-generic, tc, pcap",
      "5:3: switch.name: duplicate key 'name', first on line 2; expected each key once",
      "8:1: switch: duplicate key 'switch', first on line 1; expected each key once"),
    FaultCase(
      "keys that are no words", "? [a, b]\n: 1\nswitch: {name: fs1}\nports: [{name: e1}]\n",
      "1:3: a key that is not a word; expected a word before the colon"),
    FaultCase(
      "an alias without an anchor",
      "switch: {name: fs1, address: *nowhere}\nports: [{name: e1}]\n",
      "1:30: no anchor '&nowhere' stands before this alias",
      "1:30: switch.address: nothing is given; expected an address with the length of its prefix, like 10.50.0.254/24"
    ),
  ]

  @Test("Faults of the file itself", arguments: cases)
  func faults(_ one: FaultCase) { #expect(diagnostics(one.text) == one.expected) }

  @Test("A file that is not UTF-8")
  func notUTF8() {
    let bytes = Array("switch: {name: ".utf8) + [0xff, 0xfe] + Array("}\n".utf8)
    #expect(diagnostics(bytes) == ["t.yaml:1:16: byte 0xff is not UTF-8; expected a file in UTF-8"])
  }

  @Test("A byte order mark is let pass, and columns stay")
  func byteOrderMark() {
    let bytes = [0xef, 0xbb, 0xbf] + Array("swich: 1\nswitch: {name: fs1}\nports: [{name: e1}]\n".utf8)
    #expect(
      diagnostics(bytes) == [
        "t.yaml:1:1: unknown key 'swich', did you mean 'switch'?; expected one of switch, ports, clusters, router-pools, api"
      ])
  }

  @Test("A file of more than 16 MiB")
  func tooLarge() {
    let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: (16 << 20) + 1)
    #expect(
      diagnostics(bytes) == [
        "t.yaml: the file has more than 16 MiB; expected a configuration of at most 16 MiB"
      ])
  }

  @Test("A file that never ends is read up to the limit")
  func endless() {
    #expect(throws: ConfigurationFaults.self) { try ConfigurationFile(path: "/dev/zero") }
  }

  @Test("A file that is not there")
  func absent() {
    do {
      _ = try ConfigurationFile(path: "/nonexistent/fs1.yaml")
      Issue.record("no fault")
    } catch {
      #expect(
        error.description
          == "/nonexistent/fs1.yaml: cannot be read: No such file or directory; expected a file that can be read"
      )
    }
  }

  @Test("Anchors and aliases serve what is said twice")
  func aliases() throws {
    let text = """
      switch: {name: fs1}
      ports: [{name: r1}, {name: p1}]
      clusters:
        - {name: a, address: 10.0.0.1, members: [{name: m, port: p1}], probe: &p {kind: arp, fall: 7}}
        - {name: b, address: 10.0.0.2, members: [{name: m, port: p1}], probe: *p}
        - name: c
          address: 10.0.0.3
          members: [{name: m, port: p1}]
          probe: *p

      """
    let file = try ConfigurationFile(bytes: Array(text.utf8), file: "t.yaml")
    #expect(file.configuration.clusters.map { $0.probe?.fall } == [7, 7, 7])
  }

  @Test("Stars that are no aliases stay stars")
  func stars() {
    let text = "switch: {name: \"a *b\", '*x': 1, y*z: 2} # *c\nports: [{name: e1}] # see *this\n"
    #expect(
      diagnostics(text) == [
        "t.yaml:1:16: switch.name: 'a *b' is not a name; expected a name of 1 to 63 letters, digits and . _ - that begins with a letter or digit",
        "t.yaml:1:24: switch: unknown key '*x'; expected one of name, datapath, address, virtual-mac, station-ageing, settle-time, observe-time, hook",
        "t.yaml:1:33: switch: unknown key 'y*z'; expected one of name, datapath, address, virtual-mac, station-ageing, settle-time, observe-time, hook",
      ])
  }

  @Test("Aliases that grow without bound are refused at once", .timeLimit(.minutes(1)))
  func bombs() {
    var values = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for i in 1...20 {
      values += "a\(i): &a\(i) [" + Array(repeating: "*a\(i - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    #expect(diagnostics(values).contains { $0.contains("grows to more than 2000000 values") })
    // As a key, whose hash walks all of it.
    #expect(!diagnostics(values + "? *a20\n: x\n? [*a20, *a19]\n: y\n").isEmpty)
    #expect(!diagnostics("a: &a [*a]\n").isEmpty)
  }

  @Test("What is anchored at a key serves as a value")
  func anchoredKey() throws {
    let file = try ConfigurationFile(
      bytes: Array("switch: {&n name: fs1}\nports: [{name: *n}]\n".utf8), file: "t.yaml")
    #expect(file.configuration.ports.map(\.name) == ["name"])
  }

  @Test("Of faults without end a thousand are told, and how many more there are")
  func manyFaults() {
    let keys = (0..<5000).map { "k\($0): 1\n" }.joined()
    let found = diagnostics("switch: {name: fs1}\nports: [{name: e1}]\n" + keys)
    #expect(found.count == Report.most + 1)
    #expect(found.last?.hasSuffix("and 4000 more") == true, "\(found.last ?? "")")
  }

  @Test("Depth is bounded", arguments: ["[", "{a: ", "- ", "? "])
  func depth(_ opener: String) {
    for count in [33, 200, 999, 1001, 50_000] {
      let found = diagnostics(String(repeating: opener, count: count))
      #expect(opener == "? " ? !found.isEmpty : found.count == 1)
    }
  }

  @Test("A file cut at any byte is reported, never a crash")
  func cut() throws {
    let whole = Array(exampleOfContract.utf8)
    for length in 0..<whole.count {
      _ = diagnostics(Array(whole[..<length]))
    }
    #expect(!diagnostics(whole).contains { !$0.contains("warning") })
  }

  @Test("A file with any byte changed is reported, never a crash")
  func changed() {
    let whole = Array(exampleOfContract.utf8)
    var random = SystemRandomNumberGenerator()
    let bytes = Array("{}[]:,-#&*!|>'\"%@`?\n\t \u{0}\u{7f}09az".utf8) + [0xc3, 0xff]
    for _ in 0..<2000 {
      var copy = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        copy[Int.random(in: 0..<copy.count, using: &random)] =
          bytes[Int.random(in: 0..<bytes.count, using: &random)]
      }
      _ = diagnostics(copy)
    }
  }
}
