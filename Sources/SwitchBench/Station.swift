/// A contender at its test network, ready to be measured.
final class Station {
  let contender: any Contender
  let bed: Bed

  /// - Throws: why it cannot be.
  init(_ contender: any Contender, name: String, programs: Programs, folder: String, cpu: Int32) throws {
    self.contender = contender
    bed = try Bed(name, contender.shape, programs: programs, folder: folder, cpu: cpu)
    do {
      try contender.start(on: bed, programs: programs)
      // Where the switch turned merging off, it would not get the generator's frames. None can be merged.
      if contender.shape.needsSegments { try bed.setMerging(true) }
      try probe()
      contender.rest()
    } catch {
      contender.stop()
      throw error
    }
  }

  func close() { contender.stop() }

  func load(size: Int, flows: Int) -> Load {
    // Sizes are without the frame check sequence; a 1500-byte packet is 1514 bytes of frame.
    Load(
      frame: BenchFrame(length: size > 1000 ? size + 14 : size, to: contender.shape.target), flows: flows,
      targets: contender.targets)
  }

  /// A few frames of many flows: they arrive, and at all servers if they are to be balanced.
  private func probe() throws {
    var load = load(size: 64, flows: 1000)
    load.rate = 5000
    let counts = try Meter(bed).count(load, frames: 1000).counts
    guard counts.frames > 500 else {
      throw BenchError("of 1000 frames at an easy rate \(counts.frames) arrived")
    }
    let used = counts.members.filter { $0 > 0 }.count
    if used != contender.reaches {
      throw BenchError("frames came to \(used) and not \(contender.reaches) members: \(counts.members)")
    }
  }
}
