import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

extension ServingSuites {
  @Suite("The console's parts", .serialized, .timeLimit(.minutes(1)))
  struct ConsoleTests {
    static let assets = ConsoleAssets { path in
      switch path {
      case "/": ConsoleAsset(contentType: "text/html; charset=utf-8", bytes: Array("<!doctype html>".utf8))
      case "/console.js":
        ConsoleAsset(
          contentType: "text/javascript", bytes: Array("1".utf8), contentSecurityPolicy: "default-src 'none'")
      // What the API has it never is.
      case "/api/v1/ports", "/metrics": ConsoleAsset(contentType: "text/plain", bytes: Array("wrong".utf8))
      default: nil
      }
    }

    static func ask(_ port: Int, _ path: String, _ method: String = "GET") async throws -> String {
      let client = try #require(RawClient(port: port))
      client.send(NetworkTests.get(path, method))
      return try #require(await client.readToEnd(seconds: 30))
    }

    @Test("Served by TCP without a token, with fields that keep a browser strict")
    func served() async throws {
      try await withTemporaryDirectory { directory in
        let secrets = try NetworkTests.Secrets(directory, tls: false)
        try await withNetworkServer(FakeSwitch(), secrets.configuration, assets: ConsoleTests.assets) {
          (port, _) async throws in
          let page = try await ConsoleTests.ask(port, "/")
          #expect(page.hasPrefix("HTTP/1.1 200 ") && page.hasSuffix("\r\n\r\n<!doctype html>"))
          let fields = page.lowercased()
          for field in [
            "content-type: text/html; charset=utf-8", "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "x-frame-options: deny", "cross-origin-resource-policy: same-origin",
            "cross-origin-opener-policy: same-origin", "cache-control: no-store",
            "content-security-policy: \(ConsoleAsset.strictPolicy.lowercased())",
          ] {
            #expect(fields.contains("\r\n\(field)\r\n"), "\(field)")
          }
          #expect(ConsoleAsset.strictPolicy.contains("frame-ancestors 'none'"))
          #expect(!ConsoleAsset.strictPolicy.contains("unsafe"))
          let script = try await ConsoleTests.ask(port, "/console.js")
          #expect(script.lowercased().contains("\r\ncontent-security-policy: default-src 'none'\r\n"))
          #expect(try await ConsoleTests.ask(port, "/", "HEAD").hasSuffix("\r\n\r\n"))
          #expect(try await ConsoleTests.ask(port, "/", "PUT").hasPrefix("HTTP/1.1 405 "))
          for path in ["/favicon.ico", "/..%2fconsole.js", "//", "/console.js/"] {
            let answer = try await ConsoleTests.ask(port, path)
            #expect(answer.hasPrefix("HTTP/1.1 404 ") && answer.contains(#""code":"not-found""#), "\(path)")
          }
        }
      }
    }

    @Test("It cannot stand in for the API: that asks for a token, and has its own fields")
    func behindTheAPI() async throws {
      try await withTemporaryDirectory { directory in
        let secrets = try NetworkTests.Secrets(directory, tls: false)
        try await withNetworkServer(FakeSwitch(), secrets.configuration, assets: ConsoleTests.assets) {
          (port, _) async throws in
          for path in ["/api/v1/ports", "/metrics"] {
            let answer = try await ConsoleTests.ask(port, path)
            #expect(answer.hasPrefix("HTTP/1.1 401 ") && !answer.contains("wrong"))
            let fields = answer.lowercased()
            #expect(
              fields.contains("content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n"))
            #expect(fields.contains("cache-control: no-store\r\n") && fields.contains("nosniff"))
          }
        }
      }
    }

    @Test("Without a console, and on the control socket, there is none")
    func none() async throws {
      try await withNetworkServer { (port, _) async throws in
        #expect(try await ConsoleTests.ask(port, "/").hasPrefix("HTTP/1.1 404 "))
      }
      try await withNetworkServer(FakeSwitch(), assets: ConsoleTests.assets) { (_, path) async throws in
        let client = try #require(RawClient(path: path))
        client.send(NetworkTests.get("/"))
        #expect(try #require(await client.readToEnd(seconds: 30)).hasPrefix("HTTP/1.1 404 "))
      }
    }
  }
}
