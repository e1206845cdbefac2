import Foundation
import Testing

/// What is handed to the frames' target in place of bytes that are changed by chance.
@Suite("Changes of inputs of frames")
struct FrameMutationTests {
  @Test("What a piece is written as is read as that piece")
  func pieces() {
    let pieces: [FramePiece] = [
      .frame(kind: 3, bytes: Array(0..<60)), .change(kind: 200, values: [1, 2, 3, 4]),
      .frame(kind: 127, bytes: []), .frame(kind: 0, bytes: [UInt8](repeating: 9, count: FramePiece.longest)),
    ]
    #expect(FramePiece.pieces(of: pieces.flatMap(\.encoded), most: 64) == pieces)
    #expect(FramePiece.pieces(of: pieces.flatMap(\.encoded), most: 2) == Array(pieces.prefix(2)))
    #expect(
      FramePiece.pieces(of: [0, 0, 9, 1], most: 64) == [.frame(kind: 0, bytes: [1])], "the input ends sooner")
  }

  @Test(
    "A changed input is made of whole pieces, no longer than allowed; a seed repeats it",
    arguments: [
      100, 4096,
    ])
  func changed(longest: Int) throws {
    var input: [UInt8] = []
    var lengths: Set<Int> = []
    for seed in 0..<150 as Range<UInt64> {
      let output = try FrameMutation.mutated(input, longest: longest, seed: seed)
      #expect(output.count <= longest)
      #expect(try FrameMutation.mutated(input, longest: longest, seed: seed) == output)
      let pieces = FramePiece.pieces(of: output, most: .max)
      #expect(pieces.flatMap(\.encoded) == output)
      lengths.insert(pieces.count)
      input = output
    }
    #expect(lengths.count > 1, "frames come and go")
  }
}
