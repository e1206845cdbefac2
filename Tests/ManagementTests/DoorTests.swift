import Foundation
import Glibc
import ManagementFixtures
import SwitchModel
import Testing
import Wire

@testable import Management

extension ServingSuites {
  @Suite(
    "The API's section of another configuration, while it is served", .serialized, .timeLimit(.minutes(2)))
  struct DoorTests {
    /// A server with a door, and what became of files.
    struct Scene: Sendable {
      let door: NetworkDoor
      let socket: String
      let directory: String
      let notices: Locked<[CredentialNotice]>

      func until(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<1000 {
          if try await condition() { return true }
          try await Task.sleep(for: .milliseconds(10))
        }
        return false
      }

      /// - Returns: the error's text; empty: it was changed.
      func change(_ next: APIConfiguration?) async -> String {
        do {
          _ = try await door.prepare(next).commit()
          return ""
        } catch {
          return "\(error)"
        }
      }
    }

    private func serve(
      _ directory: String, _ configuration: APIConfiguration?, period: Duration = .seconds(3600),
      limits: ServerLimits = ServerLimits(),
      configuring: @escaping @Sendable (NetworkDoor) -> any ConfigurationOperations = { _ in
        FakeConfiguration()
      },
      _ body: @escaping @Sendable (Scene) async throws -> Void
    ) async throws {
      let path = "\(directory)/fs1.sock"
      let socket = try ControlSocket(path: path)
      let door = try NetworkDoor(configuration, socket: socket, period: period)
      let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
      let server = ManagementServer(
        operations: FakeSwitch(isSlow: true), configuration: configuring(door), socket: socket, door: door,
        limits: limits,
        logger: AccessTests.quiet, onReady: { isReady.finish() })
      let notices = Locked<[CredentialNotice]>([])
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask { for await notice in door.notices { notices.change { $0.append(notice) } } }
        group.addTask {
          for await _ in ready {}
          try await body(Scene(door: door, socket: path, directory: directory, notices: notices))
        }
        try await group.next()
        group.cancelAll()
        while !group.isEmpty { _ = try? await group.next() }
      }
    }

    /// One that nobody listens on, a moment ago.
    private static func freePort() throws -> UInt16 {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
      }
      try #require(result == 0)
      return UInt16(bigEndian: address.sin_port)
    }

    private static func plain(_ port: UInt16, tokens: String? = nil) -> APIConfiguration {
      APIConfiguration(listen: ListenAddress(IPAddress(127, 0, 0, 1), port: port), tokens: tokens)
    }

    private static func secure(_ directory: String, _ port: UInt16) throws -> APIConfiguration {
      var configuration = plain(port)
      configuration.certificate = try TestFiles.write(TestPKI.certificate, directory, "cert.pem")
      configuration.key = try TestFiles.write(TestPKI.key, directory, "key.pem")
      return configuration
    }

    private static let ports = NetworkTests.get("/api/v1/ports")
    private static let kept = "GET /api/v1/drops HTTP/1.1\r\nHost: x\r\n\r\n"

    private static func answers(_ port: UInt16) async -> Bool {
      guard let client = RawClient(port: Int(port)) else { return false }
      client.send(ports)
      return await client.readToEnd(seconds: 30)?.hasPrefix("HTTP/1.1 200 ") == true
    }

    private static func answers(_ port: UInt16, trusting authority: String) async -> Bool {
      let answer = try? await TLSClient.exchange(port: Int(port), authority: authority, ports)
      return answer?.hasPrefix("HTTP/1.1 200 ") == true
    }

    private static func renew(_ directory: String) throws {
      try TestFiles.write(TestPKI.otherCertificate, directory, "cert.pem")
      try TestFiles.write(TestPKI.otherKey, directory, "key.pem")
    }

    // MARK: Files

    @Test("A renewed certificate is taken by itself; who is connected stays so", arguments: [true, false])
    func renewed(_ byItself: Bool) async throws {
      try await withTemporaryDirectory { directory in
        let port = try DoorTests.freePort()
        let configuration = try DoorTests.secure(directory, port)
        try await serve(directory, configuration, period: .milliseconds(byItself ? 30 : 3_600_000)) { scene in
          let conversation = try await TLSConversation(port: Int(port), authority: TestPKI.authority)
          try await conversation.run { ask in
            #expect(try await ask(DoorTests.kept, "no-member").hasPrefix("HTTP/1.1 200 "))
            try DoorTests.renew(directory)
            if !byItself {
              // What `reload` does with a file that holds what runs.
              let came = try await scene.door.prepare(configuration).commit()
              #expect(
                came == [.loaded(path: "\(directory)/cert.pem", effect: "it is valid until 2120-01-01")])
            }
            #expect(
              try await scene.until {
                await DoorTests.answers(port, trusting: TestPKI.otherCertificate)
              })
            #expect(await !DoorTests.answers(port, trusting: TestPKI.authority))
            #expect(try await ask(DoorTests.kept, "no-member").hasPrefix("HTTP/1.1 200 "))
          }
          #expect(try await scene.until { scene.notices.value.count == 1 })
          // What did not change is not told again.
          #expect(try await scene.door.prepare(configuration).commit() == [])
        }
      }
    }

    @Test("A certificate that is broken, alone or gone: the one before goes on, and it is told once")
    func broken() async throws {
      try await withTemporaryDirectory { directory in
        let port = try DoorTests.freePort()
        let configuration = try DoorTests.secure(directory, port)
        let path = "\(directory)/cert.pem"
        try await serve(directory, configuration, period: .milliseconds(30)) { scene in
          func isRejected(_ count: Int, _ reason: String) async throws -> Bool {
            let isTold = try await scene.until { scene.notices.value.count == count }
            let serves = await DoorTests.answers(port, trusting: TestPKI.authority)
            return isTold && serves && scene.notices.value.last == .rejected(path: path, reason: reason)
          }
          try TestFiles.write("junk", directory, "cert.pem")
          #expect(try await isRejected(1, "api: certificate \(path): it is not PEM"))
          try await Task.sleep(for: .milliseconds(150))
          // Whoever asks is told again.
          #expect(
            try await scene.door.prepare(configuration).commit()
              == [.rejected(path: path, reason: "api: certificate \(path): it is not PEM")])
          #expect(try await scene.until { scene.notices.value.count == 2 })
          try TestFiles.write(TestPKI.otherCertificate, directory, "cert.pem")
          #expect(
            try await isRejected(
              3, "api: key \(directory)/key.pem: it does not belong to the certificate in \(path)"))
          try TestFiles.remove(directory, "cert.pem")
          #expect(try await isRejected(4, "api: certificate \(path): No such file or directory"))
          try DoorTests.renew(directory)
          #expect(
            try await scene.until { await DoorTests.answers(port, trusting: TestPKI.otherCertificate) })
        }
      }
    }

    @Test("Tokens: told when they change, also when nobody comes; wrong ones leave those before")
    func tokens() async throws {
      try await withTemporaryDirectory { directory in
        let port = try DoorTests.freePort()
        let (first, second) = (Token(), Token())
        let path = try TestFiles.write(first.line(name: "a", role: .read), directory, "tokens")
        let configuration = DoorTests.plain(port, tokens: path)
        try await serve(directory, configuration, period: .milliseconds(30)) { scene in
          func isLetIn(_ token: Token) async -> Bool {
            guard let client = RawClient(port: Int(port)) else { return false }
            client.send(NetworkTests.get("/api/v1/ports", token: token))
            return await client.readToEnd(seconds: 30)?.hasPrefix("HTTP/1.1 200 ") == true
          }
          try TestFiles.write(second.line(name: "b", role: .read), directory, "tokens")
          #expect(try await scene.until { scene.notices.value == [.loaded(path: path, effect: "1 token")] })
          try TestFiles.write("junk", directory, "tokens")
          #expect(try await scene.until { scene.notices.value.count == 2 })
          let reason = "tokens: \(path):1: 1 words; expected NAME ROLE DIGEST"
          #expect(scene.notices.value.last == .rejected(path: path, reason: reason))
          #expect(await isLetIn(second))
          #expect(await !isLetIn(first))
          // In another section they must be right.
          var other = configuration
          other.group = "root"
          #expect(await scene.change(other) == "api: \(reason)")
          let came = try await scene.door.prepare(configuration).commit()
          #expect(came == [.rejected(path: path, reason: reason)])
        }
      }
    }

    // MARK: Addresses

    @Test("Another address: bound before the former one closes; answers under way come to their end")
    func moves() async throws {
      try await withTemporaryDirectory { directory in
        let (old, new) = (try DoorTests.freePort(), try DoorTests.freePort())
        try await serve(directory, DoorTests.plain(old)) { scene in
          let change = try await scene.door.prepare(DoorTests.plain(new))
          #expect(await DoorTests.answers(old))
          #expect(await DoorTests.answers(new))
          let slow = try #require(RawClient(port: Int(old)))
          slow.send(NetworkTests.get("/api/v1/flows?for=1s"))
          let idle = try #require(RawClient(port: Int(old)))
          try await Task.sleep(for: .milliseconds(100))
          #expect(await change.commit() == [])
          #expect(try await scene.until { await !DoorTests.answers(old) })
          #expect(await slow.readToEnd(seconds: 30)?.hasPrefix("HTTP/1.1 200 ") == true)
          #expect(await idle.readToEnd(seconds: 30) == "")
          #expect(await DoorTests.answers(new))
          // And away, and back.
          #expect(await scene.change(nil) == "")
          #expect(try await scene.until { await !DoorTests.answers(new) })
          #expect(await scene.change(DoorTests.plain(old)) == "")
          #expect(await DoorTests.answers(old))
        }
      }
    }

    @Test(
      "Who follows events at an address that is left is let go of; and holds up no end",
      arguments: [true, false])
    func followers(_ isLetGo: Bool) async throws {
      try await withTemporaryDirectory { directory in
        let (old, new) = (try DoorTests.freePort(), try DoorTests.freePort())
        var limits = ServerLimits()
        limits.leave = isLetGo ? .milliseconds(300) : .seconds(3600)
        let door = Locked<NetworkDoor?>(nil)
        let follower = try await {
          let client = Locked<RawClient?>(nil)
          try await serve(directory, DoorTests.plain(old), limits: limits) { scene in
            door.change { $0 = scene.door }
            let follower = try #require(RawClient(port: Int(old)))
            client.change { $0 = follower }
            follower.send(NetworkTests.get("/api/v1/events/follow?after=0"))
            #expect(await follower.read(until: "event: ") != nil)
            #expect(await scene.change(DoorTests.plain(new)) == "")
            if isLetGo { #expect(await follower.readToEnd(seconds: 30) != nil) }
            #expect(await DoorTests.answers(new))
          }
          return client.value
        }()
        if !isLetGo { #expect(await follower?.readToEnd(seconds: 30) != nil) }
        // Nobody serves any more.
        let late = try await #require(throws: NetworkAPIError.self) {
          _ = try await door.value?.prepare(DoorTests.plain(old))
        }
        #expect(late.description.hasSuffix("the daemon begins or ends just now"))
      }
    }

    @Test("Who asks for it by TCP gets the answer")
    func asker() async throws {
      try await withTemporaryDirectory { directory in
        let (old, new) = (try DoorTests.freePort(), try DoorTests.freePort())
        let token = Token()
        let line = token.line(name: "a", role: .configure)
        let configuration = DoorTests.plain(old, tokens: try TestFiles.write(line, directory, "tokens"))
        try await serve(
          directory, configuration, configuring: { MovingConfiguration($0, to: DoorTests.plain(new)) }
        ) { scene in
          let client = try #require(RawClient(port: Int(old)))
          client.send(NetworkTests.get("/api/v1/configuration", token: token, "PUT", "switch: {}"))
          let answer = await client.readToEnd(seconds: 30)
          #expect(answer?.hasPrefix("HTTP/1.1 200 ") == true && answer?.contains(#""changed":true"#) == true)
          #expect(try await scene.until { await !DoorTests.answers(old) })
          #expect(await DoorTests.answers(new))
        }
      }
    }

    @Test("What cannot be is refused, and nothing is changed: an address in use, files, a group")
    func refused() async throws {
      try await withTemporaryDirectory { directory in
        let (old, new) = (try DoorTests.freePort(), try DoorTests.freePort())
        try await serve(directory, DoorTests.plain(old)) { scene in
          try await withTemporaryDirectory { other in
            try await serve(other, DoorTests.plain(new)) { _ in
              #expect(
                await scene.change(DoorTests.plain(new)).hasPrefix(
                  "api: cannot listen on 127.0.0.1 port \(new): "))
            }
          }
          var group = DoorTests.plain(new)
          group.group = "no-such-group"
          #expect(await scene.change(group).hasPrefix("there is no group no-such-group"))
          var half = DoorTests.plain(new)
          half.key = "/nonexistent"
          #expect(await scene.change(half) == "api: certificate and key go together")
          #expect(await DoorTests.answers(old))
          #expect(await !DoorTests.answers(new))
          // A change that is prepared keeps others out until it is over.
          let open = try await scene.door.prepare(DoorTests.plain(new))
          #expect(await scene.change(nil) == "api: another change is under way")
          await open.abandon()
          #expect(await DoorTests.answers(old))
          #expect(try await scene.until { await !DoorTests.answers(new) })
          #expect(await scene.change(DoorTests.plain(new)) == "")
          #expect(await DoorTests.answers(new))
        }
      }
    }

    @Test("From one address of a port to all of them, and what is abandoned is back")
    func widens() async throws {
      try await withTemporaryDirectory { directory in
        let port = try DoorTests.freePort()
        let narrow = try DoorTests.secure(directory, port)
        try await serve(directory, narrow) { scene in
          var wide = narrow
          wide.listen = ListenAddress(IPAddress(0, 0, 0, 0), port: port)
          for next in [wide, narrow] {
            await (try await scene.door.prepare(next)).abandon()
            #expect(await DoorTests.answers(port, trusting: TestPKI.authority))
            #expect(await scene.change(next) == "")
            #expect(await DoorTests.answers(port, trusting: TestPKI.authority))
          }
        }
      }
    }

    @Test("The same address with TLS, and without again")
    func secured() async throws {
      try await withTemporaryDirectory { directory in
        let port = try DoorTests.freePort()
        let secure = try DoorTests.secure(directory, port)
        try await serve(directory, DoorTests.plain(port)) { scene in
          #expect(await scene.change(secure) == "")
          #expect(await DoorTests.answers(port, trusting: TestPKI.authority))
          #expect(await !DoorTests.answers(port))
          #expect(await scene.change(DoorTests.plain(port)) == "")
          #expect(await DoorTests.answers(port))
        }
      }
    }

    @Test("Another group for the control socket, and the daemon's own again", .enabled(if: geteuid() == 0))
    func group() async throws {
      try await withTemporaryDirectory { directory in
        try await serve(directory, nil) { scene in
          func group() throws -> NSNumber? {
            let values = try FileManager.default.attributesOfItem(atPath: scene.socket)
            return values[.groupOwnerAccountID] as? NSNumber
          }
          let own = try group()
          let change = try await scene.door.prepare(APIConfiguration(group: "daemon"))
          #expect(try group() == 1)
          await change.abandon()
          #expect(try group() == own)
          #expect(await scene.change(APIConfiguration(group: "daemon")) == "")
          #expect(try group() == 1)
          #expect(await scene.change(nil) == "")
          #expect(try group() == own)
        }
      }
    }
  }

  /// Applies by moving the API.
  private struct MovingConfiguration: ConfigurationOperations {
    let door: NetworkDoor
    let next: APIConfiguration

    init(_ door: NetworkDoor, to next: APIConfiguration) {
      self.door = door
      self.next = next
    }

    func configurationText() async -> [UInt8] { [] }
    func plan(_ text: [UInt8]) async throws(ConfigurationRefusal) -> ConfigurationPlan { ConfigurationPlan() }
    func apply(
      _ text: [UInt8], confirmWithin: Duration?
    ) async throws(ConfigurationRefusal) -> ConfigurationOutcome {
      do {
        _ = try await door.prepare(next).commit()
      } catch {
        throw ConfigurationRefusal(.unavailable, "\(error)")
      }
      // As long as the rest of a change takes.
      try? await Task.sleep(for: .milliseconds(200))
      return ConfigurationOutcome(
        changed: true, confirmWithinSeconds: nil, startFile: "/fs1.yaml", isStartFile: false)
    }
    func confirm() async throws(ConfigurationRefusal) -> ConfigurationOutcome { throw nothing }
    func rollback() async throws(ConfigurationRefusal) -> ConfigurationOutcome { throw nothing }
    func reload() async throws(ConfigurationRefusal) -> ConfigurationOutcome { throw nothing }
    private var nothing: ConfigurationRefusal { ConfigurationRefusal(.notFound, "") }
  }
}
