import Logging
import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

@Suite("Who may do what")
struct AccessTests {
  static let roles: [Access] = [
    .refused(APIError(.unauthorized, "a token is needed")), .granted(.read), .granted(.operate),
    .granted(.configure),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    var method: String
    var path: String
    /// Nil: with any token.
    var role: Role
    var testDescription: String { "\(method) \(path)" }
  }

  /// Each route with each of its methods, as the API's description has them.
  static var cases: [Case] {
    var cases = Resource.allCases.flatMap { resource in
      ["GET", "HEAD"].map { Case(method: $0, path: API.prefix + resource.rawValue, role: .read) }
    }
    for action in Action.samples {
      for template in action.templates {
        var path = template
        for (name, value) in [("cluster", "web"), ("member", "s1"), ("pool", "up"), ("router", "r1")] {
          path = path.replacing("{\(name)}", with: value)
        }
        for method in action.methods {
          cases.append(
            Case(method: method, path: path, role: AccessTests.role(of: method, path)))
        }
      }
    }
    return cases
  }

  /// Said here once more: a slip in the routes' table is not to go unseen.
  private static func role(of method: String, _ path: String) -> Role {
    if path.hasSuffix("/capture") { return .operate }
    if method == "GET" || method == "HEAD" || path.hasSuffix("/plan") { return .read }
    return path.contains("/configuration") ? .configure : .operate
  }

  @Test(
    "Every route with every role: 401 without a token, 403 with too small a role, else an answer",
    arguments: cases)
  func matrix(_ one: Case) async throws {
    for access in AccessTests.roles {
      let fake = FakeSwitch()
      var request = APIRequest(method: one.method, path: one.path)
      if one.path.hasSuffix("explain") {
        request.body = JSON.encode(
          ExplainQuestion(
            source: "10.10.0.5", source_port: nil, destination: "10.50.0.100", destination_port: nil,
            protocol: "tcp", port: nil, begins: true))
      } else if one.path.hasSuffix("admin-state") {
        request.body = JSON.encode(AdminStateBody(.draining))
      }
      request.access = access
      let configuration = FakeConfiguration()
      let answer = await API(operations: fake, configuration: configuration).answer(request)
      switch access {
      case .refused:
        #expect(answer.status == 401 && answer.asksForToken)
        #expect(AccessTests.code(answer) == "unauthorized")
      case .granted(let role) where role < one.role:
        #expect(answer.status == 403)
        #expect(AccessTests.code(answer) == "forbidden")
      case .granted:
        #expect(answer.status == 200)
      }
      if case .granted(let role) = access, role >= one.role {} else { #expect(configuration.calls == []) }
      let isAllowed = access == .granted(.operate) || access == .granted(.configure)
      if one.path.hasSuffix("admin-state") {
        let member = one.path.contains("/members/") ? "web/s1" : "up/r1"
        #expect(fake.log.adminState(of: member) == (isAllowed ? .draining : .enabled))
      }
    }
  }

  static func code(_ answer: APIResponse) -> String? {
    guard case .whole(let bytes) = answer.body else { return nil }
    return try? JSON.decode([String: [String: String]].self, from: bytes)["error"]?["code"]
  }

  @Test("Without a token nobody learns which paths there are; with one 405 comes before 403")
  func order() async {
    let api = API(operations: FakeSwitch())
    var request = APIRequest(method: "GET", path: "/api/v1/nothing")
    request.access = AccessTests.roles[0]
    #expect(await api.answer(request).status == 401)
    request.access = .granted(.read)
    #expect(await api.answer(request).status == 404)
    request.path = "/api/v1/explain"
    #expect(await api.answer(request).status == 405)
  }

  @Test("Roles include those before them")
  func roles() { #expect(Role.read < .operate && Role.operate < .configure && !(Role.read < .read)) }

  @Test(
    "SHA-256 (FIPS 180-4, and NIST's examples)",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
      (
        String(repeating: "a", count: 100_000),
        "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"
      ),
    ])
  func sha256(_ text: String, _ digest: String) {
    #expect(SHA256.digest(of: text.utf8).hexadecimal == digest)
  }

  @Test("A token: 43 characters of base64url, another each time; the line has its digest")
  func token() throws {
    #expect(Token(bytes: Array(repeating: 0xff, count: 32)).text == String(repeating: "_", count: 42) + "8")
    #expect(Token(bytes: [0, 16, 131, 16, 81, 135]).text == "ABCDEFGH")
    let a = Token()
    let b = Token()
    #expect(a.text.utf8.count == 43 && a != b && !a.line(name: "x", role: .read).contains(a.text))
    let file = try TokenFile(text: a.line(name: "x", role: .operate), path: "t")
    #expect(file.entry(for: a.text)?.role == .operate)
    #expect(file.entry(for: b.text) == nil)
  }

  static let digest = String(repeating: "0f", count: 32)

  @Test("A file of tokens: comments, blanks, upper-case digests")
  func tokenFile() throws {
    let text =
      "# tokens\n\n a read \(AccessTests.digest) \r\nb\tconfigure\t\(String(repeating: "AB", count: 32))\n#"
    #expect(try TokenFile(text: text, path: "t").entries.map(\.role) == [.read, .configure])
  }

  @Test(
    "Faults of a file of tokens, with the line",
    arguments: [
      ("a read\n", 1, "2 words; expected NAME ROLE DIGEST"),
      ("# x\na root \(digest)", 2, "the role is none of read, operate, configure"),
      (
        "a read \(digest)0", 1,
        "the digest is not 64 hexadecimal digits; flowswitch token new prints the whole line"
      ),
      (
        "a read \(digest.dropLast())x", 1,
        "the digest is not 64 hexadecimal digits; flowswitch token new prints the whole line"
      ),
      (
        "a/b read \(digest)", 1,
        "the name has other characters than letters, digits and . _ -, or more than 63"
      ),
      ("a read \(digest)\na operate \(digest)", 2, "the name is there already"),
    ])
  func tokenFaults(_ text: String, _ line: Int, _ reason: String) {
    #expect(throws: TokenFileError.line(path: "t", line: line, reason: reason)) {
      try TokenFile(text: text, path: "t")
    }
  }

  @Test(
    "A few wrong tokens are free, more close the door for longer and longer; others may come in; all is forgotten"
  )
  func limiter() {
    var limiter = FailureLimiter()
    let start = ContinuousClock.now
    for _ in 0..<5 { limiter.fail("a", at: start) }
    #expect(limiter.wait(of: "a", at: start) == nil)
    var waits: [Int64] = []
    var now = start
    for _ in 0..<9 {
      limiter.fail("a", at: now)
      let wait = limiter.wait(of: "a", at: now) ?? .zero
      waits.append(wait.components.seconds)
      #expect(limiter.wait(of: "b", at: now) == nil)
      now += wait
      #expect(limiter.wait(of: "a", at: now) == nil)
    }
    #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    limiter.fail("a", at: now + .seconds(301))
    #expect(limiter.wait(of: "a", at: now + .seconds(301)) == nil)
  }

  @Test("Wrong tokens from everywhere need no more room than from a thousand addresses")
  func limiterIsBounded() {
    var limiter = FailureLimiter()
    let start = ContinuousClock.now
    for i in 0..<5000 { limiter.fail("address \(i)", at: start + .milliseconds(i)) }
    #expect(limiter.count == FailureLimiter.capacity)
    for _ in 0..<5 { limiter.fail("address 4999", at: start + .seconds(6)) }
    #expect(limiter.wait(of: "address 4999", at: start + .seconds(6)) != nil)
  }

  @Test(
    "Callers are counted by address, of IPv6 by the network of 64 bits",
    arguments: [
      ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::1", "::/64"),
      ("::ffff:192.0.2.7", "192.0.2.7"), ("fe80::1%eth0", "fe80::/64"), ("", ""),
    ])
  func callerAddress(_ text: String, _ key: String) { #expect(CallerAddress.key(text) == key) }

  static let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }()

  @Test("The gate: every kind of credentials, and 429 with the time to wait")
  func gate() async throws {
    try await withTemporaryDirectory { directory in
      let token = Token()
      let path = try TestFiles.write(token.line(name: "x", role: .operate), directory, "tokens")
      let now = Locked(ContinuousClock.now)
      let gate = Gate(tokens: try TokenStore(path: path)) { now.value }
      func code(_ field: String?, from address: String = "a") -> APIError.Code? {
        guard case .refused(let error) = gate.access(authorization: field, from: address) else { return nil }
        return error.code
      }
      for field in ["Bearer \(token.text)", "bearer   \(token.text)", "BEARER \(token.text)"] {
        #expect(gate.access(authorization: field, from: "a") == .granted(.operate))
      }
      for _ in 0..<20 { #expect(code(nil) == .unauthorized) }
      #expect(code("Basic \(token.text)") == .unauthorized)
      #expect(code("Bearer") == .unauthorized)
      #expect(code("Bearer \(token.text) x") == .unauthorized)
      #expect(code("Bearer secret") == .weakToken)
      #expect(code("Bearer \(Token().text)") == .unauthorized)
      #expect(code("Bearer \(String(repeating: "x", count: 5000))") == .unauthorized)
      // Now even the right one has to wait, but only from there.
      #expect(code("Bearer \(token.text)") == .rateLimited)
      #expect(code("Bearer \(token.text)", from: "b") == nil)
      guard case .refused(let error) = gate.access(authorization: "Bearer x", from: "a") else {
        Issue.record("let in")
        return
      }
      #expect(error.retryAfter == 2 && error.status == 429)
      now.change { $0 += .seconds(1) }
      #expect(code("Bearer \(token.text)") == nil)
      #expect(
        Gate(tokens: nil).access(authorization: nil, from: "a") == .granted(.read))
      #expect(
        Gate(tokens: nil).access(authorization: "Bearer x", from: "a")
          == .granted(.read))
    }
  }

  @Test("A listed token that is short is refused all the same")
  func weak() async throws {
    try await withTemporaryDirectory { directory in
      let line = "weak configure \(Token.digest(of: "letmein").hexadecimal)"
      let gate = Gate(
        tokens: try TokenStore(path: try TestFiles.write(line, directory, "tokens")))
      guard case .refused(let error) = gate.access(authorization: "Bearer letmein", from: "a") else {
        Issue.record("let in")
        return
      }
      #expect(error.code == .weakToken && error.status == 401)
    }
  }

  @Test("The file is read again when it changes; one that is wrong changes nothing")
  func reload() async throws {
    try await withTemporaryDirectory { directory in
      let first = Token()
      let second = Token()
      let path = try TestFiles.write(first.line(name: "a", role: .read), directory, "tokens")
      let faults = Counter()
      let loads = Counter()
      let store = try TokenStore(path: path) { notice in
        if case .loaded(path, "1 token") = notice { loads.add() } else { faults.add() }
      }
      func knows(_ token: Token) -> Bool { store.current.entry(for: token.text) != nil }
      #expect(knows(first) && !knows(second) && loads.value == 0)
      try TestFiles.write("# none but\n" + second.line(name: "b", role: .read), directory, "tokens")
      #expect(!knows(first) && knows(second) && faults.value == 0 && loads.value == 1)
      try TestFiles.write("nonsense", directory, "tokens")
      #expect(knows(second) && knows(second) && faults.value == 1)
      try TestFiles.write(first.line(name: "a", role: .read), directory, "tokens", mode: 0o666)
      #expect(!knows(first) && knows(second) && faults.value == 2)
      try TestFiles.remove(directory, "tokens")
      #expect(knows(second) && faults.value == 3 && loads.value == 1)
    }
  }

  @Test(
    "Whose file of tokens others may write to gives no rights", arguments: [0o602, 0o620, 0o666] as [UInt32])
  func writable(_ mode: UInt32) async throws {
    try await withTemporaryDirectory { directory in
      let path = try TestFiles.write("a read \(AccessTests.digest)", directory, "tokens", mode: mode)
      #expect(throws: TokenFileError.writable(path: path, mode: mode)) { try TokenFile(path: path) }
      #expect(throws: TokenFileError.notAFile(path: directory)) { try TokenFile(path: directory) }
    }
  }
}
