/// A parser of bytes that others send or write, as libFuzzer and the test of the corpora call it.
///
/// What must hold whatever the bytes are: no trap, no access beyond them, no memory without bound. What a target checks
/// besides is said where it is defined.
struct FuzzTarget: Sendable {
  /// Also the name of the folder of its corpus.
  let name: String
  /// What it reads, for the list of targets.
  let about: String
  /// Longer inputs are not tried.
  let longest: Int
  /// Needs root; without it nothing is run.
  let needsRoot: Bool
  /// How libFuzzer changes an input of at most so many bytes, every other time; a seed repeats the change.
  let mutation: Mutation?
  let body: Body

  typealias Mutation = @Sendable (_ input: [UInt8], _ longest: Int, _ seed: UInt64) throws -> [UInt8]

  /// Throws `FuzzFault` where what must hold does not.
  enum Body: Sendable {
    case direct(@Sendable ([UInt8]) throws -> Void)
    case waiting(@Sendable ([UInt8]) async throws -> Void)
  }

  init(
    _ name: String, _ about: String, longest: Int, needsRoot: Bool = false, mutation: Mutation? = nil,
    _ body: Body
  ) {
    self.name = name
    self.about = about
    self.longest = longest
    self.needsRoot = needsRoot
    self.mutation = mutation
    self.body = body
  }

  static let all: [FuzzTarget] = [
    frames, differential, records, configuration, tokens, keepalived, api, explain, filter, capture, replay,
    netlink, neighbours, datagrams, streams, state, events, text,
  ]
}

/// Something that must hold, and does not.
struct FuzzFault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  static func unless(_ holds: Bool, _ description: @autoclosure () -> String) throws(FuzzFault) {
    if !holds { throw FuzzFault(description()) }
  }
}
