/// What became of one flow's datagrams, which are numbered from 0. What is long past is kept in runs, so that hours take
/// no more room than minutes.
struct StreamRecord {
  /// An answer that comes later than this is none, in microseconds: a machine that is busy for seconds loses nothing.
  static let patience: Int64 = 10_000_000

  private var past: [StreamReport.Run] = []
  private var open: [(at: Int64, server: String?)] = []
  private var firstOpen = 0
  /// Answers to a datagram that was answered already: somebody doubled it, or its answer.
  private(set) var doubled = 0

  /// The number of the datagram that is sent next.
  var next: Int { firstOpen + open.count }

  mutating func sent(at now: Int64) { open.append((now, nil)) }

  /// Who answered a datagram. Numbers that were not sent, or too long ago, are ignored.
  mutating func answered(_ number: Int, by server: String) {
    guard number >= firstOpen, number < next else { return }
    if open[number - firstOpen].server != nil { doubled += 1 }
    open[number - firstOpen].server = server
  }

  /// What was sent before `now` less the patience is as it is.
  mutating func fold(at now: Int64) {
    let count = open.prefix { now - $0.at > Self.patience }.count
    guard count > 0 else { return }
    for datagram in open.prefix(count) { past.append(datagram) }
    open.removeFirst(count)
    firstOpen += count
  }

  /// All so far; without those that may well be answered in a moment.
  func runs(at now: Int64) -> [StreamReport.Run] {
    var runs = past
    for datagram in open where now - datagram.at > StreamReport.young || datagram.server != nil {
      runs.append(datagram)
    }
    return runs
  }
}

extension [StreamReport.Run] {
  /// One more datagram: of the last run, or the first of another.
  mutating func append(_ datagram: (at: Int64, server: String?)) {
    guard let last = indices.last, self[last].server == datagram.server else {
      let run = StreamReport.Run(
        server: datagram.server, first: datagram.at, last: datagram.at, count: 1)
      append(run)
      return
    }
    self[last].last = datagram.at
    self[last].count += 1
  }
}
