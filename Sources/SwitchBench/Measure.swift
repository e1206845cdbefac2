/// One column of results.
struct Measure: Codable, Hashable {
  enum Better: String, Codable { case more, less }

  var id: String
  var title: String
  var unit: String
  var better: Better

  static func packets(size: Int, flows: Int) -> Measure {
    Measure(
      id: "packets-\(size)-\(flows)",
      title: "\(size) bytes, \(Numbers.grouped(flows)) flow\(flows == 1 ? "" : "s")",
      unit: "packets/s", better: .more)
  }
  static let twoProcessors = Measure(
    id: "two-processors", title: "64 bytes, 1,000 flows on each of two processors", unit: "packets/s",
    better: .more)
  static let scaling = Measure(
    id: "scaling", title: "two processors to one", unit: "times", better: .more)
  static let lossFree = Measure(
    id: "loss-free", title: "loss-free rate, 64 bytes", unit: "packets/s", better: .more)
  static func latency(_ load: String, _ percentile: String) -> Measure {
    Measure(
      id: "latency-\(load == "unloaded" ? "unloaded" : "80")-\(percentile)",
      title: "latency \(percentile), \(load)", unit: "ns", better: .less)
  }
  static let lossAtLoad = Measure(
    id: "loss-at-80", title: "lost at 80 % of its own ceiling, of a million", unit: "of a million",
    better: .less)
  static let stream = Measure(id: "tcp-bulk", title: "TCP bulk, one connection", unit: "bit/s", better: .more)
  static let connections = Measure(
    id: "connections", title: "TCP connections", unit: "connections/s", better: .more)
}
