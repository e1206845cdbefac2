import Wire

/// Where virtual servers say it for all, real servers for themselves, and checkers for themselves.
struct CheckTimes: Hashable, Sendable {
  var interval: Duration?
  var timeout: Duration?
  var retries: Int?
  var retryDelay: Duration?

  /// What is missing, from around.
  func filled(from outer: CheckTimes) -> CheckTimes {
    CheckTimes(
      interval: interval ?? outer.interval, timeout: timeout ?? outer.timeout,
      retries: retries ?? outer.retries,
      retryDelay: retryDelay ?? outer.retryDelay)
  }
}

/// `virtual_server …` as it was read.
struct VirtualServer: Sendable {
  enum Target: Hashable, Sendable {
    case address(IPAddress, port: UInt16)
    case mark(String)
    case group(String)
  }

  var statement: KeepalivedStatement
  var target: Target
  var scheduler = "wlc"
  var schedulerPlace: KeepalivedPlace?
  var flags: Set<String> = []
  var method = "NAT"
  var protocolName = "tcp"
  var stickySeconds: Int?
  var virtualHost: String?
  var name: String?
  var weight: Int?
  var times = CheckTimes()
  var inhibits = false
  var realServers: [RealServer] = []
  var sorry: RealServer?
}

/// `real_server …` or `sorry_server …` as it was read.
struct RealServer: Sendable {
  var statement: KeepalivedStatement
  var address: IPAddress
  var port: UInt16
  var weight: Int?
  var virtualHost: String?
  var name: String?
  var times = CheckTimes()
  var checkers: [KeepalivedStatement] = []
}

extension KeepalivedWord {
  /// A whole number that is not negative.
  var number: Int? {
    (1...9).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
  }

  /// keepalived's TIMER: seconds, perhaps with a fraction; down to milliseconds here.
  var seconds: Duration? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    func digits(_ part: Substring, _ range: ClosedRange<Int>) -> Bool {
      range.contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
    }
    guard let first = parts.first, digits(first, 1...9), let whole = Int(first) else { return nil }
    guard parts.count == 2 else { return .seconds(whole) }
    guard digits(parts[1], 1...9), let thousandths = Int((parts[1] + "00").prefix(3)) else { return nil }
    return .seconds(whole) + .milliseconds(thousandths)
  }

  /// A port; `any` and 0 are every port. Nil for what is none.
  var port: UInt16? { number.flatMap { UInt16(exactly: $0) } }
}
