import ConfigurationFile
import SwitchModel
import Testing

@testable import KeepalivedImport

@Suite("Files that are no keepalived.conf")
struct HostileTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var expected: String
    var testDescription: String { name }
  }

  static let server = "virtual_server 10.0.0.1 80 { real_server 10.0.0.2 80 { } }\n"

  static let faults: [Fault] = [
    Fault(name: "nothing", text: "", expected: "k.conf:1:1: this is not a keepalived.conf"),
    Fault(
      name: "YAML", text: "switch:\n  name: fs1\n", expected: "k.conf:1:1: this is not a keepalived.conf"),
    Fault(
      name: "VRRP alone", text: "# x\nvrrp_instance a {\n}\n",
      expected: "k.conf:2:1: no virtual_server that could be converted"),
    Fault(
      name: "not closed", text: "\nvirtual_server 10.0.0.1 80 {\n real_server 10.0.0.2 80 {\n }\n",
      expected: "k.conf:2:1: the block of 'virtual_server' is not closed"),
    Fault(name: "closed twice", text: server + "  }\n", expected: "k.conf:2:3: a } without a {"),
    Fault(name: "a brace alone", text: "  {\n}\n", expected: "k.conf:1:3: a { without a keyword before it"),
    Fault(name: "two braces", text: "a { {\n}\n}", expected: "k.conf:1:5: a { without a keyword before it"),
    Fault(name: "quote", text: "a \"b\nc\"", expected: "k.conf:1:3: a quote that is not closed on its line"),
    Fault(
      name: "too deep", text: String(repeating: "a {\n", count: 1000),
      expected: "k.conf:17:3: nested too deeply"),
    Fault(name: "a NUL", text: "ab\n c\0d", expected: "k.conf:2:3: byte 0x0 is not text"),
    Fault(
      name: "include", text: "include /etc/*.conf\n" + server,
      expected: "k.conf:1:9: '/etc/*.conf' cannot be included: other files are not read here"),
    Fault(name: "include of nothing", text: "include\n", expected: "k.conf:1:1: include without one name"),
    Fault(
      name: "repeated lines", text: "~SEQ(N, 1, 9) real_server 10.0.0.$N 80\n",
      expected: "k.conf:1:1: lines that repeat themselves"),
    Fault(
      name: "a definition within itself", text: "$A=${A}b\nx $A\n",
      expected: "k.conf:2:1: definitions within one another without end"),
    Fault(
      name: "definitions that double",
      text: "$A0=xxxxxxxxxxxxxxxx\n"
        + (1...14).map { "$A\($0)=${A\($0 - 1)}${A\($0 - 1)}${A\($0 - 1)}\n" }.joined() + "x ${A14}\n",
      expected: "k.conf:16:1: definitions make this line longer than 64 KiB"),
    Fault(
      name: "a definition of lines within itself", text: "$A= \\\n b \\\n $A\n$A\n",
      expected: "k.conf:4:1: definitions or files within one another without end"),
    Fault(
      name: "a definition of lines that doubles",
      text: "$A0= \\\n b \\\n b\n"
        + (1...14).map { "$A\($0)= \\\n$A\($0 - 1) \\\n$A\($0 - 1) \\\n$A\($0 - 1) \\\n$A\($0 - 1)\n" }
        .joined()
        + "$A14\n",
      expected: "k.conf:74:1: more than 3000 lines"),
    Fault(
      name: "empty lines that double",
      text: "$A0= \\\n \\\n \\\n \n"
        + (1...14).map { "$A\($0)= \\\n$A\($0 - 1) \\\n$A\($0 - 1) \\\n$A\($0 - 1) \\\n$A\($0 - 1)\n" }
        .joined()
        + "$A14\n",
      expected: "k.conf:75:1: definitions and included files grow to more than 1 MiB"),
    Fault(
      name: "a definition of lines within a line", text: "$A= \\\n b \\\n c\nx $A\n",
      expected: "k.conf:4:3: a definition of several lines within a line"),
    Fault(
      name: "a condition without a name", text: "@ x\n", expected: "k.conf:1:1: a condition without a name"),
    Fault(
      name: "too many members",
      text: "virtual_server 10.0.0.1 80 {\n" + String(repeating: "real_server 10.9.0.1 80\n", count: 81)
        + "}",
      expected: "k.conf:82:1: more than 80 members in all clusters"),
    Fault(
      name: "too many lines", text: String(repeating: "x\n", count: 3001),
      expected: "k.conf:3001:1: more than 3000 lines"),
    Fault(
      name: "too many addresses",
      text: "virtual_server_group g {\n" + (0..<100).map { "10.0.\($0).0/24 80\n" }.joined()
        + "}\nvirtual_server group g {\nreal_server 10.9.0.1 80\n}\n",
      expected: "k.conf:103:1: more than 16384 virtual addresses"),
    Fault(
      name: "too large", text: String(repeating: "#", count: (1 << 20) + 1),
      expected: "k.conf: more than 1 MiB"),
  ]

  /// Small ones, so that the tests are quick.
  static let limits: KeepalivedLimits = {
    var limits = KeepalivedLimits()
    (limits.size, limits.resolved, limits.statements, limits.members) = (1 << 20, 1 << 20, 3000, 80)
    return limits
  }()

  @Test("is told with its place", arguments: faults)
  func fault(_ one: Fault) {
    do {
      _ = try KeepalivedImport(bytes: Array(one.text.utf8), file: "k.conf", limits: HostileTests.limits)
      Issue.record("no fault")
    } catch {
      #expect(error.description.hasPrefix(one.expected), "\(error)")
    }
  }

  @Test("Bytes that are not UTF-8 have their line")
  func encoding() {
    #expect(
      throws: KeepalivedFault(
        "not UTF-8", at: KeepalivedPlace(file: "k", line: 2, column: 1), expected: "a text file in UTF-8")
    ) {
      try KeepalivedImport(bytes: Array("a b\nc ".utf8) + [0xff, 0x0a], file: "k")
    }
  }

  @Test("What the file says cannot break out of a comment or a text")
  func injection() throws {
    let text = """
      global_defs { router_id "a\\nb: c" }
      virtual_server 10.0.0.1 80 {
        lb_algo "x\\n- evil: [" 
        snmp_name "n\\n  - {"
        virtualhost "h\\nx"
        real_server 10.0.0.2 80 {
          snmp_name "\\"}, {name: b"
          MISC_CHECK { misc_path "/bin/a \\"x, y]\\" '\\n' \\x07" }
        }
      }
      """
    let (result, configuration) = try converted(text)
    #expect(configuration.clusters.map(\.name) == ["n------"])
    #expect(configuration.clusters[0].members.map(\.name) == ["name--b"])
    #expect(configuration.clusters[0].probe?.command == ["/bin/a", "\"x,", "y]\"", "\n", "\u{7}"])
    #expect(!result.findings.contains { $0.description.contains("\n") })
  }

  /// Numbers from a seed, so that a failure can be had again.
  struct Generator {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  @Test(
    "Whatever is changed in a file: a fault with its place, or a text that the switch takes",
    arguments: 0..<60)
  func mutated(_ seed: Int) throws {
    var random = Generator(state: UInt64(seed) &* 7919 &+ 1)
    for sample in Samples.all {
      var lines = sample.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      for _ in 0...random.next(6) {
        let at = random.next(lines.count)
        let other = lines[random.next(lines.count)]
        switch random.next(6) {
        case 0: lines.remove(at: at)
        case 1: lines.insert(other, at: at)
        case 2: lines[at] = other
        case 3: lines[at] = String(lines[at].reversed())
        case 4: lines[at] = lines[at].replacing(/[0-9]+/) { _ in String(random.next(70000)) }
        default: lines[at] += " " + other
        }
        if lines.isEmpty { lines = [""] }
      }
      let text = lines.joined(separator: "\n")
      do {
        let result = try KeepalivedImport(bytes: Array(text.utf8), file: "k.conf")
        do {
          _ = try ConfigurationFile(bytes: Array(result.text.utf8), file: "out.yaml")
        } catch {
          let only = error.diagnostics.map(\.description)
          Issue.record("\(only)\n\(text)\n=>\n\(result.text)")
        }
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }
}
