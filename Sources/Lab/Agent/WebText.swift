/// As much of HTTP/1.1 as the agents speak: requests without a body, answers with a length (RFC 9112).
enum WebText {
  static func request(path: String, host: String) -> [UInt8] {
    Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8)
  }

  static func answer(status: Int, body: String) -> [UInt8] {
    let reason = status == 200 ? "OK" : "Internal Server Error"
    return Array(
      "HTTP/1.1 \(status) \(reason)\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        .utf8)
  }

  /// Takes a whole header from the front of `buffer`; nil: it is not whole yet.
  static func takeHeader(_ buffer: inout [UInt8]) -> String? {
    guard buffer.count >= 4,
      let end = (0...buffer.count - 4).first(where: { Array(buffer[$0..<$0 + 4]) == [13, 10, 13, 10] })
    else { return nil }
    let text = String(decoding: buffer[..<end], as: UTF8.self)
    buffer.removeFirst(end + 4)
    return text
  }

  static func path(ofRequest header: String) -> String {
    let words = header.split(separator: " ", maxSplits: 2)
    return words.count > 1 ? String(words[1]) : "/"
  }

  /// Takes a whole answer from the front of `buffer`: its status and its body without the white space around it.
  static func takeAnswer(_ buffer: inout [UInt8]) -> (status: Int, body: String)? {
    var rest = buffer
    guard let header = takeHeader(&rest) else { return nil }
    let lines = header.split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    let field = lines.first { $0.lowercased().hasPrefix("content-length:") }
    let length = field.flatMap { Int($0.drop { $0 != ":" }.dropFirst().filter { !$0.isWhitespace }) } ?? 0
    guard length >= 0, rest.count >= length else { return nil }
    let body = String(decoding: rest.prefix(length), as: UTF8.self)
    buffer = Array(rest.dropFirst(length))
    let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
    return (status, String(body.split(whereSeparator: \.isWhitespace).joined(separator: " ")))
  }
}
