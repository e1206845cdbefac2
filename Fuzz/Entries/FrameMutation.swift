import Support

/// What becomes of an input of frames besides what libFuzzer does to its bytes: a whole frame from the generator comes
/// in, one is repeated, left out, put elsewhere, sent in on another port, or a field of its headers is changed. Bytes that
/// are changed by chance seldom leave lengths and types of several headers in agreement, and so stay near the first.
enum FrameMutation {
  /// - Parameters:
  ///   - longest: bytes that the result has at the most.
  ///   - seed: repeats the change.
  static func mutated(_ input: [UInt8], longest: Int, seed: UInt64) throws -> [UInt8] {
    let world = try HostSwitch.world()
    var generator = FrameGenerator(seed: seed, world: world, templates: 4)
    var pieces = FramePiece.pieces(of: input, most: FrameSteps.most)
    for _ in 0...generator.random.below(3) { change(&pieces, &generator) }
    var output: [UInt8] = []
    for piece in pieces {
      let bytes = piece.encoded
      if output.count + bytes.count <= longest { output += bytes }
    }
    return output
  }

  private static func change(_ pieces: inout [FramePiece], _ generator: inout FrameGenerator) {
    let choice = pieces.isEmpty ? 0 : generator.random.below(12)
    if choice < 2 {
      pieces.insert(frame(&generator), at: generator.random.below(pieces.count + 1))
      return
    }
    let index = generator.random.below(pieces.count)
    let other = generator.random.below(pieces.count)
    switch choice {
    case 2: pieces.insert(tableChange(&generator), at: index)
    case 3: pieces.insert(pieces[other], at: index)
    case 4: pieces.remove(at: index)
    case 5: pieces.swapAt(index, other)
    default:
      guard case .frame(var kind, var bytes) = pieces[index] else {
        pieces[index] = tableChange(&generator)
        return
      }
      if generator.random.oneIn(6) { kind = UInt8(generator.random.below(8)) }
      generator.mutate(&bytes)
      pieces[index] = .frame(kind: kind, bytes: Array(bytes.prefix(FramePiece.longest)))
    }
  }

  private static func frame(_ generator: inout FrameGenerator) -> FramePiece {
    let (frame, port) = generator.next()
    return .frame(kind: UInt8(port), bytes: Array(frame.bytes.prefix(FramePiece.longest)))
  }

  private static func tableChange(_ generator: inout FrameGenerator) -> FramePiece {
    .change(
      kind: UInt8(128 + generator.random.below(128)),
      values: (0..<4).map { _ in UInt8(generator.random.below(256)) })
  }
}
