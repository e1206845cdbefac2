import Foundation
import Management
import Testing

/// The console's files and the headers that go with them. What the page does is held in a browser: `ConsoleBrowserTests`.
@Suite struct ConsolePageTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let folder = root.appending(path: "Sources/CConsole/Page")

  static let names = ConsolePage.paths.dropFirst().map { String($0.dropFirst()) }

  @Test func everyFileOfThePageIsEmbeddedAsItIs() throws {
    let onDisk = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(onDisk) == Set(Self.names))
    for name in Self.names {
      let bytes = try [UInt8](Data(contentsOf: Self.folder.appending(path: name)))
      #expect(ConsolePage.asset("/\(name)")?.bytes == bytes, "\(name)")
    }
  }

  @Test func theRootIsThePage() throws {
    let page = try #require(ConsolePage.asset("/"))
    #expect(page.type == "text/html; charset=utf-8")
    #expect(page.bytes == ConsolePage.asset("/console.html")?.bytes)
    #expect(ConsolePage.paths.first == "/")
  }

  @Test(arguments: [
    ("/console.js", "text/javascript; charset=utf-8"), ("/stage.css", "text/css; charset=utf-8"),
    ("/favicon.svg", "image/svg+xml"),
  ])
  func typesAreTold(path: String, type: String) {
    #expect(ConsolePage.asset(path)?.type == type)
  }

  @Test(arguments: [
    "", "//", "/.", "/..", "/../Package.swift", "/etc/passwd", "console.js", "/console.js/", "/Console.js",
    "/console.js?x",
    "/console.js\0", "/api/v1/ports", "/%2e%2e/x", "/" + String(repeating: "a", count: 300),
  ])
  func nothingElseIsThere(path: String) {
    #expect(ConsolePage.asset(path) == nil)
  }

  @Test func thePolicyAllowsItsOwnServerAlone() {
    let policy = ConsolePage.contentSecurityPolicy
    let directives = policy.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    for wanted in [
      "default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'",
      "require-trusted-types-for 'script'",
    ] {
      #expect(directives.contains(wanted))
    }
    for forbidden in ["unsafe", "http:", "https:", "data:", "blob:", "*"] {
      #expect(!policy.contains(forbidden), "\(forbidden)")
    }
    #expect(ConsolePage.headers.contains { $0 == ("content-security-policy", policy) })
    #expect(ConsolePage.headers.contains { $0 == ("x-content-type-options", "nosniff") })
    #expect(ConsolePage.headers.contains { $0 == ("referrer-policy", "no-referrer") })
  }

  /// What the policy would refuse, and what would make markup of a hostile name, is not even written.
  @Test(arguments: names) func noFileUsesWhatIsForbidden(name: String) throws {
    let asset = try #require(ConsolePage.asset("/\(name)"))
    let text = String(decoding: asset.bytes, as: UTF8.self)
    for forbidden in [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setHTML",
      "new EventSource",
      "document.cookie", " style=\"", "<style", " onclick=", "javascript:", "https://", "@import",
    ] {
      let isThere = text.contains(forbidden)
      #expect(!isThere, "\(name) has \(forbidden)")
    }
    // The one address that stands there is a name: that of SVG.
    let isForeign = text.replacing("http://www.w3.org/2000/svg", with: "").contains("http://")
    #expect(!isForeign)
  }

  @Test func whatThePageLoadsIsThere() throws {
    let loads = /(?:from|src=|href=)\s*"(?:\.\/)?([^"#]+)"/
    for name in Self.names {
      let text = try String(decoding: #require(ConsolePage.asset("/\(name)")).bytes, as: UTF8.self)
      for match in text.matches(of: loads) {
        #expect(ConsolePage.asset("/\(match.1)") != nil, "\(name) loads \(match.1)")
      }
    }
  }
}
