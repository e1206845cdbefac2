import Glibc

/// Names of labs. A lab's name is in the names of its namespaces (`fs-NAME-r1`), its state file, its socket and its
/// switch, so that two labs never meet.
enum LabName {
  static let stateDirectory = "/run/flowswitch/lab"

  /// Lower case letters, digits and hyphens, a letter first, at most twelve.
  static func isValid(_ name: String) -> Bool {
    guard let first = name.utf8.first, (97...122).contains(first), name.utf8.count <= 12 else { return false }
    return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
  }

  static func demandValid(_ name: String) throws {
    guard isValid(name) else {
      throw LabError(
        .usage,
        "'\(name)' is no name for a lab: expected one to twelve of a-z, 0-9 and '-', a letter first")
    }
  }

  static func stateFile(of name: String) -> String { "\(stateDirectory)/\(name).json" }

  static func namespace(_ name: String, _ host: LabHost) -> String { "fs-\(name)-\(host)" }

  static func socket(of name: String) -> String { "/run/flowswitch/\(name).sock" }

  /// A switch of that name runs, or left its socket: a lab's must not meet it.
  private static func isSwitch(_ name: String) -> Bool { TextFile.exists(socket(of: name)) }

  /// The namespaces of a lab that exist, by their names alone: for what a crash left.
  static func namespaces(of name: String) -> [String] {
    let wanted = Set(LabHost.allCases.map { namespace(name, $0) })
    return TextFile.names(in: "/run/netns").filter(wanted.contains)
  }

  /// Every lab of which something is left, sorted.
  static func all() -> [String] {
    var names = Set<String>()
    for file in TextFile.names(in: stateDirectory) where file.hasSuffix(".json") {
      names.insert(String(file.dropLast(5)))
    }
    for namespace in TextFile.names(in: "/run/netns") where namespace.hasPrefix("fs-") {
      let parts = namespace.dropFirst(3).split(separator: "-")
      guard let host = parts.last, parts.count > 1, LabHost(rawValue: String(host)) != nil else { continue }
      names.insert(parts.dropLast().joined(separator: "-"))
    }
    return names.filter(isValid).sorted()
  }

  /// Takes `wanted`, or the first free of `base`, `base2`, `base3` …. The state file's creation decides between two
  /// that ask at once.
  static func claim(_ wanted: String?, base: String) throws -> String {
    let candidates = wanted.map { [$0] } ?? (1...99).map { $0 == 1 ? base : "\(base)\($0)" }
    if let wanted { try demandValid(wanted) }
    for directory in ["/run/flowswitch", stateDirectory] where mkdir(directory, 0o755) != 0 && errno != EEXIST
    {
      throw LabError.refused("cannot make \(directory): \(errorText(errno))")
    }
    for name in candidates where namespaces(of: name).isEmpty && !isSwitch(name) {
      let raw = open(stateFile(of: name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if raw >= 0 {
        close(raw)
        return name
      }
      guard errno == EEXIST else {
        throw LabError.refused("cannot write \(stateFile(of: name)): \(errorText(errno))")
      }
    }
    if let wanted, namespaces(of: wanted).isEmpty, isSwitch(wanted), LabState.load(wanted) == nil {
      throw LabError.refused("a switch named '\(wanted)' has \(socket(of: wanted)): choose another name")
    }
    guard let wanted else { throw LabError.refused("99 labs are standing: flowswitch lab down --all") }
    throw LabError.refused("lab '\(wanted)' is standing already: flowswitch lab down --name \(wanted)")
  }
}
