import CNetlink
import Glibc
import Testing

@Suite("Netlink answers: reading")
struct NetlinkAnswerTests {
  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
    bytes(UInt16(value.count + 4)) + bytes(type) + value + [UInt8](repeating: 0, count: -value.count & 3)
  }

  /// nlmsghdr of a part of a dump, and what follows it.
  private static func message(_ type: UInt16, _ body: [UInt8], flags: UInt16 = 2, sequence: UInt32 = 1)
    -> [UInt8]
  {
    bytes(UInt32(body.count + 16)) + bytes(type) + bytes(flags) + bytes(sequence) + bytes(UInt32(0)) + body
  }

  /// 10.0.0.0/24 by interface 7, of the main table.
  private static let route = message(
    24,
    [2, 24, 0, 0, 254, 3, 253, 1] + bytes(UInt32(0)) + attribute(1, [10, 0, 0, 0])
      + attribute(4, [7, 0, 0, 0]))
  private static let done = message(3, bytes(Int32(0)))

  private func read(_ datagram: [UInt8]) -> (code: Int32, routes: [fs_route], text: String) {
    var list: UnsafeMutableRawPointer?
    var count = 0
    var error = fs_netlink_error()
    let code = fs_answer_read(FS_ANSWER_ROUTES, datagram, datagram.count, &list, &count, &error)
    defer { fs_netlink_free_list(list) }
    let routes = list.map {
      Array(UnsafeBufferPointer(start: $0.assumingMemoryBound(to: fs_route.self), count: count))
    }
    let text = withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return (code, routes ?? [], text)
  }

  @Test("A dump is read to its end")
  func whole() throws {
    let answer = read(Self.route + Self.route + Self.done)
    #expect(answer.code == 0)
    #expect(answer.routes.count == 2)
    let route = try #require(answer.routes.first)
    #expect(route.destination.length == 4)
    #expect(route.destination.prefix == 24)
    #expect(route.index == 7)
    #expect(route.table == 254)
  }

  @Test(
    "What is no whole answer is none",
    arguments: [
      ("no end", route, EAGAIN), ("cut short", Array((route + done).dropLast(6)), EAGAIN),
      ("of another request", message(24, [], sequence: 2) + message(3, bytes(Int32(0)), sequence: 2), EAGAIN),
      ("a route without its header", message(24, [2, 0, 0, 0]) + done, EBADMSG),
      (
        "an address of three bytes",
        message(24, [2, 24, 0, 0, 254, 3, 253, 1, 0, 0, 0, 0] + attribute(1, [10, 0, 0])) + done, EBADMSG
      ),
      ("it failed at its end", route + message(3, bytes(Int32(-12))), ENOMEM), ("nothing", [], EINVAL),
    ] as [(String, [UInt8], Int32)])
  func partial(name: String, datagram: [UInt8], code: Int32) {
    let answer = read(datagram)
    #expect(answer.code == code)
    #expect(answer.routes.isEmpty)
    #expect(!answer.text.isEmpty)
  }

  @Test("A refusal carries the kernel's words, if they are within it")
  func refused() {
    let request =
      Self.bytes(UInt32(16)) + Self.bytes(UInt16(26)) + [5, 0] + Self.bytes(UInt32(1)) + [0, 0, 0, 0]
    let words = Self.attribute(1, Array("no such table".utf8) + [0])
    let refusal = Self.message(2, Self.bytes(Int32(-22)) + request + words, flags: 0x300)
    #expect(read(refusal).code == EINVAL)
    #expect(read(refusal).text == "no such table")
    // An attribute that says it is longer than the message.
    var lies = refusal
    lies[36] = 200
    #expect(read(lies).code == EINVAL)
    #expect(read(lies).text != "no such table")
  }
}
