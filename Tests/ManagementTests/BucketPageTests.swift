import SwitchModel
import Testing

@testable import Management

@Suite("rows of buckets")
struct BucketPageTests {
  @Test(
    "They are the same bytes as those of the general encoder",
    arguments: [
      [],
      [BucketRow(cluster: "web", index: 0, member: nil, previous: nil, state: "empty", packets: 0)],
      [
        BucketRow(cluster: "web", index: 9, member: "a", previous: "b,c", state: "transit", packets: 10),
        BucketRow(
          cluster: "q\"uote\\ / \u{1}\u{7f}", index: 65535, member: "ü€", previous: "", state: "steady\n",
          packets: .max),
      ],
    ] as [[BucketRow]])
  func bytes(_ rows: [BucketRow]) {
    var page = BucketPage()
    page.append(rows)
    #expect(
      String(decoding: [0x5b] + page.bytes + [0x5d], as: UTF8.self)
        == String(decoding: JSON.encode(rows), as: UTF8.self))
  }

  @Test("What is appended in parts is one list")
  func parts() {
    let rows = (0..<3).map {
      BucketRow(cluster: "web", index: $0, member: "a", previous: nil, state: "steady", packets: 1)
    }
    var (whole, parts) = (BucketPage(), BucketPage())
    whole.append(rows)
    for row in rows { parts.append([row]) }
    #expect(whole.bytes == parts.bytes && !parts.bytes.isEmpty)
  }
}
