import SwitchModel
import Wire

extension Item {
  func port() -> UInt16? { integer(1...65535).map { UInt16($0.value) } }

  /// What goes over the wire or is compared with it, in UTF-8. The bounds keep it in one datagram and in memory.
  func payload(of length: ClosedRange<Int> = 1...1024) -> [UInt8]? {
    let expected = "a text of \(length.lowerBound) to \(length.upperBound) bytes"
    guard let text = text(expected) else { return nil }
    let bytes = Array(text.value.utf8)
    guard length.contains(bytes.count) else {
      error("a text of \(bytes.count) bytes", expected: expected)
      return nil
    }
    return bytes
  }

  /// The target of a request (RFC 9112 §3.2.1).
  func requestPath() -> String? {
    guard let text = text("a path like /health") else { return nil }
    guard text.value.hasPrefix("/"), text.value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
      text.value.utf8.count <= 2048
    else {
      error(
        "\(quoted(text.value)) is not a path",
        expected: "a path like /health, without white space, of at most 2048 bytes")
      return nil
    }
    return text.value
  }

  /// A host's name or address, perhaps with a port; it must not break out of a field of HTTP.
  func host() -> String? {
    let expected = "the name or address of a host"
    guard let text = text(expected) else { return nil }
    guard (1...255).contains(text.value.utf8.count),
      text.value.utf8.allSatisfy({ byte in
        byte.isASCIILetterOrDigit || "-._:[]".utf8.contains(byte)
      })
    else {
      error("\(quoted(text.value)) is not a host", expected: expected)
      return nil
    }
    return text.value
  }

  /// RFC 1035 §3.1: labels of 1 to 63 bytes, 253 in all; `.` is the root.
  func domainName() -> String? {
    let expected = "a domain name like www.example.net"
    guard let text = text(expected) else { return nil }
    let name = text.value.hasSuffix(".") ? text.value.dropLast() : text.value[...]
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard text.value == "." || name.utf8.count <= 253,
      text.value == "." || labels.allSatisfy({ (1...63).contains($0.utf8.count) }),
      name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else {
      error("\(quoted(text.value)) is not a domain name", expected: expected)
      return nil
    }
    return text.value
  }

  func recordType() -> String? {
    let types = ["A", "AAAA", "SOA", "NS", "MX", "TXT", "SRV", "PTR"]
    guard let text = text(oneOf(types)) else { return nil }
    let name = text.value.uppercased()
    guard types.contains(name) else {
      error("unknown record type \(quoted(text.value))", expected: oneOf(types))
      return nil
    }
    return name
  }

  /// RFC 1035 §4.1.1 and RFC 2136 §2.2.
  func responseCode() -> UInt8? {
    let names = [
      "noerror", "formerr", "servfail", "nxdomain", "notimp", "refused", "yxdomain", "yxrrset", "nxrrset",
      "notauth", "notzone",
    ]
    let expected = "\(oneOf(names)), or a number from 0 to 15"
    guard let text = text(expected) else { return nil }
    if let code = names.firstIndex(of: text.value.lowercased()) { return UInt8(code) }
    guard let code = UInt8(text.value), code <= 15, text.value.utf8.first != UInt8(ascii: "+") else {
      let hint = suggestion(for: text.value, among: names).map { ", did you mean '\($0)'?" } ?? ""
      error("\(quoted(text.value)) is not a response code\(hint)", expected: expected)
      return nil
    }
    return code
  }

  /// `200`, `200-399`, or a list of such.
  func statuses() -> [ClosedRange<Int>]? {
    if case .sequence = node.content {
      guard let items = list("a list of status codes") else { return nil }
      if items.isEmpty {
        error("the list is empty", expected: "at least one status code")
        return nil
      }
      let ranges = items.compactMap { $0.status() }
      return ranges.count == items.count ? ranges : nil
    }
    return status().map { [$0] }
  }

  private func status() -> ClosedRange<Int>? {
    let expected = "a status code from 100 to 599, or a range like 200-399"
    guard let text = text(expected) else { return nil }
    let parts = text.value.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let codes = parts.compactMap { part in
      part.utf8.count == 3 && part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil
    }
    guard codes.count == parts.count, let first = codes.first, let last = codes.last, first <= last,
      first >= 100, last <= 599
    else {
      error(quoted(text.value), expected: expected)
      return nil
    }
    return first...last
  }

  func damping() -> FlapDamping? {
    guard let section = Section(self, keys: ProbeDraft.dampingKeys) else { return nil }
    let times: ClosedRange<Duration> = .seconds(1)...(.seconds(86400))
    let flaps = section.required("flaps", "a whole number from 2 to 100")?.integer(2...100)
    let window = section.required("window", "a duration like 1m")?.duration(times)
    let hold = section.required("hold", "a duration like 5m")?.duration(times)
    guard let flaps, let window, let hold else { return nil }
    return FlapDamping(flaps: flaps.value, window: window.value, hold: hold.value)
  }
}

extension UInt8 {
  fileprivate var isASCIILetterOrDigit: Bool {
    (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
  }
}
