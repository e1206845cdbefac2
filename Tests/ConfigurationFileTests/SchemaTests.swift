import FoundationEssentials
import SwitchModel
import Testing

@testable import ConfigurationFile

/// The nodes of a text.
private func node(_ text: String) throws -> YAMLNode {
  try #require(YAMLReader(report: Report(file: "t.yaml")).read(Array(text.utf8)))
}

@Suite("The schema and the parser say the same")
struct SchemaTests {
  static let checker = SchemaChecker(root: ConfigurationSchema.tree)
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

  @Test("The schema that is shipped is the one that is printed")
  func shipped() throws {
    let file = SchemaTests.repository.appending(path: "etc/flowswitch.schema.json")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == ConfigurationSchema.json, "stale: flowswitch schema > etc/flowswitch.schema.json")
  }

  @Test("The reference is the one that is printed")
  func reference() throws {
    let file = SchemaTests.repository.appending(path: "docs/configuration-reference.md")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(
      text == ConfigurationSchema.markdown,
      "stale: flowswitch schema --markdown > docs/configuration-reference.md")
  }

  struct Keys: Sendable, CustomTestStringConvertible {
    var section: SchemaSection
    var parser: [String]
    var testDescription: String { section.id }
  }

  static let keys = [
    Keys(section: ConfigurationSchema.root, parser: ConfigurationDraft.keys),
    Keys(section: ConfigurationSchema.ofSwitch, parser: SwitchDraft.keys),
    Keys(section: ConfigurationSchema.port, parser: PortDraft.keys),
    Keys(section: ConfigurationSchema.cluster, parser: ClusterDraft.keys),
    Keys(section: ConfigurationSchema.member, parser: MemberDraft.keys),
    Keys(section: ConfigurationSchema.load, parser: LoadDraft.keys),
    Keys(section: ConfigurationSchema.probe, parser: ProbeDraft.keys),
    Keys(section: ConfigurationSchema.damping, parser: ProbeDraft.dampingKeys),
    Keys(section: ConfigurationSchema.routerPool, parser: RouterPoolDraft.keys),
    Keys(section: ConfigurationSchema.api, parser: APIDraft.keys),
    Keys(section: ConfigurationSchema.router, parser: RouterDraft.keys),
  ]

  @Test("Every key of the parser is described, and every key described is the parser's", arguments: keys)
  func sameKeys(_ one: Keys) {
    #expect(one.section.names.sorted() == one.parser.sorted())
  }

  @Test("Every section is among those that are compared")
  func allSections() {
    #expect(ConfigurationSchema.sections.map(\.id).sorted() == SchemaTests.keys.map(\.section.id).sorted())
  }

  @Test("Every example is valid", arguments: ExampleTests.names)
  func example(_ name: String) throws {
    let text = try Data(contentsOf: ExampleTests.directory.appending(path: name))
    #expect(SchemaTests.checker.faults(try node(String(decoding: text, as: UTF8.self))) == [])
  }

  @Test("The contract's file is valid")
  func contract() throws { #expect(SchemaTests.checker.faults(try node(exampleOfContract)) == []) }

  @Test("What is wrong in the examples' place is refused by both", arguments: ExampleTests.names)
  func mutatedExamples(_ name: String) throws {
    let text = String(
      decoding: try Data(contentsOf: ExampleTests.directory.appending(path: name)), as: UTF8.self)
    let changes: [(String, String)] = [
      ("ports:", "prots:"), ("name:", "nmae:"), ("role: router", "role: ruoter"), ("switch:", "switch: 1 #"),
      ("ports:\n", "ports: []\nclusters:\n"), ("members:", "member:"), ("kind: ", "kind: x"),
      ("interval: ", "interval: x"), ("address: ", "address: x"), ("port: ", "port: [x] #"),
      ("weight: ", "weight: -"), ("mode: availability", "mode: available"),
    ]
    var tried = 0
    for (from, to) in changes where text.contains(from) {
      let changed = text.replacing(from, with: to, maxReplacements: 1)
      // What is no YAML any more is nobody's to check.
      guard let root = YAMLReader(report: Report(file: "t.yaml")).read(Array(changed.utf8)) else { continue }
      tried += 1
      #expect(!diagnostics(changed).isEmpty, "\(from) → \(to)")
      #expect(!SchemaTests.checker.faults(root).isEmpty, "\(from) → \(to)")
    }
    #expect(tried >= 4)
  }

  @Test("A value of every key: both take what is right and refuse what is wrong", arguments: SchemaValues.all)
  func values(_ one: SchemaValues) throws {
    for value in one.good {
      let text = one.document(value)
      #expect(diagnostics(text).filter { !$0.contains("warning") } == [], "\(text)")
      #expect(SchemaTests.checker.faults(try node(text)) == [], "\(text)")
    }
    for value in one.bad + one.outOfRange {
      let text = one.document(value)
      #expect(diagnostics(text).contains { $0.contains(one.path) }, "\(text): \(diagnostics(text))")
    }
    // Ranges of durations, and whether something exists, are beyond a schema.
    for value in one.bad {
      #expect(!SchemaTests.checker.faults(try node(one.document(value))).isEmpty, "\(one.document(value))")
    }
  }

  @Test("Every key has values in that table")
  func everyKeyHasValues() {
    let all = ConfigurationSchema.sections.dropFirst().flatMap { section in
      section.names.map { "\(section.id).\($0)" }
    }
    #expect(Set(all) == Set(SchemaValues.all.map { "\($0.section.id).\($0.key.name)" }))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var isRight: Bool
    var testDescription: String { text }
  }

  static let cases: [Case] = [
    ("api: {}", true), ("api: {group: flowswitch}", true), ("api: {tokens: /t}", false),
    ("api: {listen: \"127.0.0.1:80\", certificate: /c}", false),
    ("api: {listen: \"127.0.0.1:80\", certificate: /c, key: /k, tokens: /t}", true),
    ("clusters: []", true), ("clusters: {}", false), ("clusters:", false), ("unknown: 1", false),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], mode: availability, load: off}]",
      true
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], mode: availability, load: {}}]",
      false
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], mode: availability, sticky: 1m}]",
      false
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], assign: maglev, slow-start: 1s}]",
      false
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], assign: maglev, sticky: 1m}]",
      true
    ),
    ("clusters: [{name: c, address: 10.0.0.1, members: []}]", false),
    ("clusters: [{name: c, members: [{name: m, port: p1}]}]", false),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1, address: 10.0.0.2, mac: \"02:00:00:00:00:01\"}]}]",
      false
    ),
    ("clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], probe: none}]", true),
    ("clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], probe: nothing}]", false),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], probe: {kind: http, port: 80, tls-verify: false}}]",
      false
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], probe: {kind: https, tls-verify: false, tls-ca: /a}}]",
      false
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], probe: {kind: http, method: HEAD, body: x}}]",
      false
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], probe: {kind: link, interval: 1s}}]",
      false
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], probe: {kind: udp, port: 53}}]",
      false
    ),
    (
      "clusters: [{name: c, address: 10.0.0.1, members: [{name: m, port: p1}], probe: {interval: 1s}}]", false
    ),
    ("router-pools: [{name: r, members: [{name: m, address: 10.0.0.3, port: p2}], probe: none}]", false),
    (
      "router-pools: [{name: r, members: [{name: m, address: 10.0.0.3, port: p2}], balance: per-flow, choice: load}]",
      false
    ),
    (
      "router-pools: [{name: r, members: [{name: m, address: 10.0.0.3, port: p2}], balance: per-flow, load: off}]",
      true
    ),
  ].map { Case(text: $0.0, isRight: $0.1) }

  @Test("Rules between keys", arguments: cases)
  func rules(_ one: Case) throws {
    let text = "switch: {name: fs1}\nports: [{name: p1}, {name: p2}]\n\(one.text)\n"
    #expect(diagnostics(text).isEmpty == one.isRight, "\(diagnostics(text))")
    #expect(SchemaTests.checker.faults(try node(text)).isEmpty == one.isRight)
  }
}
