import Foundation
@testable import Management
import ManagementFixtures
import SwitchModel

extension FuzzTarget {
  /// A request as text: `METHOD PATH?QUERY`, fields until an empty line, a body. Every answer has a status and a type;
  /// what has an end is written to it.
  static let api = FuzzTarget(
    "api", "requests to the API", longest: 4096, .waiting { bytes in try await answer(bytes) })

  private static func answer(_ bytes: [UInt8]) async throws {
    let api = API(operations: FakeSwitch(), configuration: FakeConfiguration())
    let response = await api.answer(request(bytes))
    try FuzzFault.unless((200..<600).contains(response.status), "status \(response.status)")
    switch response.body {
    case .whole(let body):
      if response.contentType == "application/json" {
        try FuzzFault.unless(
          (try? JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed)) != nil,
          "an answer that is no JSON: \(String(decoding: body, as: UTF8.self))")
      }
    case .pages(let produce): try await produce { _ in }
    // These end when the switch does.
    case .events: break
    }
  }

  private static func request(_ bytes: [UInt8]) -> APIRequest {
    var reader = InputReader(bytes)
    let first = reader.line().split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let target = (first.count == 2 ? first[1] : "").split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var request = APIRequest(
      method: String(first[0]), path: String(target.first ?? ""),
      query: target.count == 2 ? String(target[1]) : nil)
    let gate = Gate(tokens: nil)
    while true {
      let line = reader.line()
      if line.isEmpty { break }
      let field = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
      guard field.count == 2 else { continue }
      switch field[0].lowercased() {
      case "last-event-id": request.lastEventID = String(field[1])
      case "accept": request.accept = String(field[1])
      case "authorization":
        _ = Gate.bearerToken(String(field[1]))
        request.access = gate.access(authorization: String(field[1]), from: CallerAddress.key("fd50::1%eth0"))
      default: break
      }
    }
    request.body = reader.remaining()
    return request
  }

  /// A file of tokens.
  static let tokens = FuzzTarget(
    "tokens", "the file of tokens", longest: 4096,
    .direct { bytes in
      guard let text = String(validating: bytes, as: UTF8.self) else { return }
      do {
        let file = try TokenFile(text: text, path: "tokens")
        try FuzzFault.unless(
          file.entries.allSatisfy { $0.digest.count == 32 && Token.isName($0.name) },
          "an entry that none can have")
        try FuzzFault.unless(file.entry(for: "") == nil || !file.entries.isEmpty, "nobody's token is known")
      } catch let error as TokenFileError {
        // A token that stands there by mistake is not told.
        let told = Data(error.description.utf8)
        let secret = text.split(whereSeparator: { $0.isWhitespace }).first {
          $0.utf8.count >= Token.minimumLength
        }
        // As bytes: what a string contains is another question, where a text has characters that stand for nothing.
        if let secret, told.range(of: Data(secret.utf8)) != nil {
          throw FuzzFault("\(error) tells \(secret)")
        }
      }
    })
}
