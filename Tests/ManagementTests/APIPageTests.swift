import Foundation
import Testing

@testable import Management

@Suite("docs/api.md")
struct APIPageTests {
  @Test("It has every request with its parameters and role, and no other")
  func requests() throws {
    let page = try MonitoringFilesTests.read("docs/api.md")
    var expected: [String] = []
    func add(_ template: String, _ route: Route) {
      for method in route.methods where method != "HEAD" {
        let parameters = route.parameters(for: method).map { "`\($0)`" }.joined(separator: " ")
        expected.append(
          "| `\(method) \(template)` | \(parameters.isEmpty ? "" : parameters + " ")| \(route.role(for: method).rawValue) |"
        )
      }
    }
    for resource in Resource.allCases { add(API.prefix + resource.rawValue, .rows(resource)) }
    for action in Action.samples { for template in action.templates { add(template, .action(action)) } }
    let told = page.split(separator: "\n").map(String.init).filter {
      $0.contains(#/^\| `(GET|POST|PUT|DELETE|PATCH) /#)
    }
    #expect(told.sorted() == expected.sorted())
  }

  @Test("It has every code with its status and meaning, and no other")
  func codes() throws {
    let page = try MonitoringFilesTests.read("docs/api.md")
    let told = page.split(separator: "\n").map(String.init).filter {
      $0.contains(#/^\| `[a-z-]+` \| \d{3} \|/#)
    }
    #expect(told == APIError.Code.allCases.map { "| `\($0.rawValue)` | \($0.status) | \($0.meaning) |" })
  }

  @Test("It tells the limits that there are")
  func limits() throws {
    let page = try MonitoringFilesTests.read("docs/api.md")
    let limits = ServerLimits()
    for text in [
      "| header fields | \(limits.headers >> 10) KiB", "| a body | \(limits.body >> 10) KiB",
      "| until a request is complete | \(limits.receive.components.seconds) s |",
      "| until an answer is taken | \(limits.answer.components.seconds) s |",
      "| connections | \(limits.connections) on the control socket, \(limits.connections) by TCP",
      "\(limits.followers) clients may follow", "\(limits.streams) may read at once",
      "leaves \(limits.waitingEvents) events or \(limits.missedStates) states",
      "one with less than \(Token.minimumLength) is refused",
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }
}
