/// All results, as they are written.
struct Report: Codable {
  struct Case: Codable {
    var key: String
    var title: String
    /// Why it is not measured.
    var unavailable: String?
  }
  /// That generator and sink count alike.
  struct Check: Codable {
    var what: String
    var sent: Int
    var counted: Int
    /// Frames a second that were asked for, and that came.
    var wanted: Double?
    var rate: Double?
  }
  /// Of one path of the datapath, by BPF_PROG_RUN.
  struct ProgramCost: Codable {
    var path: String
    /// A packet.
    var nanoseconds: Double
    var spread: String
    /// A raw redirect's cost to this one's.
    var ratio: Double
  }

  /// What control costs at scale, as `Tests/Measure/scale.py` measured it.
  struct Control: Codable {
    /// The size of the configuration.
    var `case`: String
    var what: String
    var value: Double
    var unit: String
    /// What it is not to be above.
    var target: Double?
  }

  var version = 1
  var date: String
  var kernel: String
  var processor: String
  var processors: Int
  var rounds: Int
  var seconds: Double
  var isQuick: Bool
  var checks: [Check] = []
  var cases: [Case] = []
  var series: [Series] = []
  var program: [ProgramCost] = []
  var control: [Control] = []
  /// What could not be had, and why.
  var notes: [String] = []

  /// In the order in which they were measured.
  var measures: [Measure] {
    var seen: Set<Measure> = []
    return series.map(\.measure).filter { seen.insert($0).inserted }
  }

  /// In their order.
  var controlCases: [String] {
    var seen: Set<String> = []
    return control.map(\.case).filter { seen.insert($0).inserted }
  }

  func series(_ key: String, _ measure: Measure) -> Series? {
    series.first { $0.case == key && $0.measure == measure }
  }

  mutating func add(_ key: String, _ measure: Measure, _ value: Double, beside ceiling: Double) {
    if let index = series.firstIndex(where: { $0.case == key && $0.measure == measure }) {
      series[index].add(value, beside: ceiling)
    } else {
      var fresh = Series(key, measure)
      fresh.add(value, beside: ceiling)
      series.append(fresh)
    }
  }
}
