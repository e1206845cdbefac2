import Testing

@testable import Top

@Suite("Keys")
struct KeyDecoderTests {
  static let cases: [(bytes: String, keys: [Key])] = [
    ("q", [.character("q")]), ("pcm", [.character("p"), .character("c"), .character("m")]),
    (" ", [.character(" ")]), ("\u{3}", [.control("c")]), ("\u{c}", [.control("l")]),
    ("\u{1a}", [.control("z")]), ("\0", []), ("\u{1c}\u{1f}", []),
    ("\t", [.tab]), ("\r", [.enter]), ("\n", [.enter]), ("\u{7f}", [.backspace]), ("\u{8}", [.backspace]),
    ("\u{1b}[A\u{1b}[B\u{1b}[C\u{1b}[D", [.up, .down, .right, .left]),
    ("\u{1b}OA\u{1b}OB\u{1b}OC\u{1b}OD", [.up, .down, .right, .left]),
    ("\u{1b}[H\u{1b}[F\u{1b}OH\u{1b}OF", [.home, .end, .home, .end]),
    ("\u{1b}[1~\u{1b}[4~\u{1b}[7~\u{1b}[8~", [.home, .end, .home, .end]),
    ("\u{1b}[5~\u{1b}[6~\u{1b}[3~\u{1b}[Z", [.pageUp, .pageDown, .delete, .backTab]),
    // With Shift, Ctrl and Alt: the key all the same.
    ("\u{1b}[1;5A\u{1b}[5;2~", [.up, .pageUp]),
    // Function keys, Insert, focus, answers to questions, a paste's brackets: nothing.
    ("\u{1b}OP\u{1b}[15~\u{1b}[2~\u{1b}[I\u{1b}[?1;2c\u{1b}[200~", []),
    ("\u{1b}[[Aq", [.character("q")]),
    ("\u{1b}[<0;3;4M", []), ("\u{1b}]0;q\u{7}m", [.character("m")]), ("\u{1b}Pq\u{1b}\\m", [.character("m")]),
    // Alt and a letter.
    ("\u{1b}qm", [.character("m")]),
    ("\u{1b}\u{1b}[A", [.escape, .up]), ("\u{1b}[\u{1b}[A", [.up]), ("\u{1b}[5\u{7}q", [.character("q")]),
    ("é漢😀", [.character("é"), .character("漢"), .character("😀")]),
    ("\u{85}\u{9b}A", [.character("A")]),
    ("\u{1b}[" + String(repeating: "1;", count: 5000) + "Aq", [.up, .character("q")]),
  ]

  @Test("Bytes to keys", arguments: cases)
  func keys(_ bytes: String, _ keys: [Key]) {
    var decoder = KeyDecoder()
    #expect(decoder.feed(bytes.utf8) == keys)
    #expect(!decoder.isPending)
    #expect(decoder.flush().isEmpty)
  }

  @Test("The same keys, however the bytes are cut", arguments: cases)
  func pieces(_ bytes: String, _ keys: [Key]) {
    let bytes = Array(bytes.utf8.prefix(64))
    var whole = KeyDecoder()
    let expected = whole.feed(bytes)
    for cut in 0...bytes.count {
      var decoder = KeyDecoder()
      #expect(decoder.feed(bytes[..<cut]) + decoder.feed(bytes[cut...]) == expected)
    }
    var decoder = KeyDecoder()
    #expect(bytes.flatMap { decoder.feed([$0]) } == expected)
  }

  @Test("Escape is a key when nothing follows; what else has begun is forgotten")
  func escape() {
    for (bytes, keys) in [
      ("\u{1b}", [Key.escape]), ("\u{1b}[", []), ("\u{1b}[5", []), ("\u{1b}O", []), ("\u{1b}]0;x", []),
    ] {
      var decoder = KeyDecoder()
      #expect(decoder.feed(bytes.utf8).isEmpty)
      #expect(decoder.isPending)
      #expect(decoder.flush() == keys)
      #expect(!decoder.isPending)
      #expect(decoder.feed("q".utf8) == [.character("q")])
    }
  }

  @Test("Bytes that are no UTF-8 are passed over")
  func invalid() {
    let cases: [(bytes: [UInt8], keys: [Key])] = [
      ([0xff, 0xc0, 0x80, 0x71], [.character("q")]), ([0xe2, 0x82, 0x71], [.character("q")]),
      ([0xc3, 0x1b, 0x5b, 0x41], [.up]), ([0xe0, 0x80, 0x80, 0x71], [.character("q")]),
      ([0xed, 0xa0, 0x80, 0x71], [.character("q")]), ([0xf4, 0xbf, 0xbf, 0xbf, 0x71], [.character("q")]),
    ]
    for (bytes, keys) in cases {
      var decoder = KeyDecoder()
      #expect(decoder.feed(bytes) == keys)
    }
  }
}
