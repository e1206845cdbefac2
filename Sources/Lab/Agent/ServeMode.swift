/// How the lab's server behaves, as a file says it in one line: `ok`, `late 1000` (milliseconds), `wrong` (status
/// 500), `silent`. A path behind it limits that to requests for the path: `wrong /health`.
struct ServeMode: Equatable {
  enum Manner: Equatable {
    case ok
    case late(milliseconds: Int)
    case wrong
    case silent
  }

  var manner: Manner
  /// Nil: all requests.
  var path: String?

  /// A file that is missing, or being written, says `ok`.
  init(text: String) {
    var words = text.split(whereSeparator: \.isWhitespace)[...]
    manner = .ok
    switch words.popFirst() {
    case "late": manner = .late(milliseconds: words.popFirst().flatMap { Int($0) } ?? 1000)
    case "wrong": manner = .wrong
    case "silent": manner = .silent
    default: break
    }
    path = words.popFirst().map(String.init)
  }

  func manner(for path: String) -> Manner { self.path == nil || self.path == path ? manner : .ok }
}
