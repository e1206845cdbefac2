import SwitchModel
import Wire

/// The plan as text. Whatever comes from the file is put in quotes where it needs them, and shown where it is a comment.
struct YAMLWriter {
  let plan: ConversionPlan
  let file: String

  var text: String {
    var lines = head
    lines += ["switch:", "  name: \(YAMLWriter.scalar(plan.switchName))"]
    lines += [
      "  # address: 10.0.0.254/24  # decide: an unused address of the servers' network, for probes and ARP",
      "ports:",
      "  - {name: \(YAMLWriter.scalar(plan.routerPort)), role: router}  # where requests come from",
    ]
    for port in plan.portOrder where port.name != plan.routerPort {
      let servers = port.addresses.prefix(4).map(\.description).joined(separator: ", ")
      let more = port.addresses.count > 4 ? ", …" : ""
      lines.append("  - {name: \(YAMLWriter.scalar(port.name)), role: server}  # \(servers)\(more)")
    }
    let active = plan.clusters.filter { $0.reasonOff == nil }
    let off = plan.clusters.filter { $0.reasonOff != nil }
    if !active.isEmpty { lines.append("clusters:") }
    for cluster in active { lines += self.lines(of: cluster) }
    if active.isEmpty, !off.isEmpty { lines.append("# clusters:") }
    for cluster in off {
      lines.append("  # Not converted: \(cluster.reasonOff ?? "").")
      lines += self.lines(of: cluster).map { "  # \($0.dropFirst(2))" }
    }
    if !plan.notes.isEmpty {
      lines.append(
        "# Addresses that VRRP moved. Those of clusters need nothing; a gateway's address stays where it is.")
      lines += plan.notes.map { "#   \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var head: [String] {
    var lines = [
      "# Converted from \(shownText(file)) by `flowswitch import`. Not in use until you say so: `flowswitch check` tells",
      "# whether it is well-formed, docs/migration.md how to go on.",
    ]
    if !plan.placeholders.isEmpty {
      lines += [
        "# Which interface leads to whom is not in keepalived.conf: replace \(plan.placeholders.prefix(3).joined(separator: ", "))\(plan.placeholders.count > 3 ? ", …" : "")."
      ]
    }
    return lines
  }

  private func lines(of cluster: PlannedCluster) -> [String] {
    // The place has the name of an included file only.
    let place = cluster.place.file == file ? "line \(cluster.place.line)" : shownText("\(cluster.place)")
    var lines = [
      "  # \(cluster.subject) (\(place))", "  - name: \(YAMLWriter.scalar(cluster.name))",
      "    address: \(cluster.address.map { YAMLWriter.scalar($0.description) } ?? "CHANGE-ME")",
    ]
    if !cluster.services.isEmpty {
      lines.append("    services: [\(cluster.services.map(\.description).joined(separator: ", "))]")
    }
    for (key, value, comment) in cluster.keys {
      lines.append("    \(key): \(value)\(comment.map { "  # \($0)" } ?? "")")
    }
    lines.append("    members:")
    for member in cluster.members {
      let text = "- \(YAMLWriter.text(of: member))"
      lines.append(member.reasonOff.map { "      # \(text)  # \($0)" } ?? "      \(text)")
    }
    if !cluster.probe.isEmpty {
      lines.append("    probe:")
      lines += cluster.probe.map { "      \($0.key): \($0.value)" }
    }
    return lines
  }

  private static func text(of member: PlannedMember) -> String {
    var parts = [
      "name: \(scalar(member.name))", "port: \(scalar(member.port))",
      "address: \(scalar(member.address.description))",
    ]
    if let weight = member.weight { parts.append("weight: \(weight)") }
    if member.isLastResort { parts.append("last-resort: true") }
    return "{\(parts.joined(separator: ", "))}"
  }

  /// A text as a YAML scalar, also within `{}` and `[]`: plain where that is safe.
  static func scalar(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text != "null" && text != "~"
      && text.utf8.allSatisfy {
        $0.isNameByte || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") || $0 == 0x2d
      }
      && !text.hasPrefix("-") && !text.hasPrefix(".")
    return isPlain ? text : quoted(text)
  }

  /// In double quotes (YAML 1.1 §5.6).
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{20}"..."\u{7e}": result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        let width = scalar.value < 0x100 ? 2 : scalar.value < 0x10000 ? 4 : 8
        let mark = width == 2 ? "x" : width == 4 ? "u" : "U"
        result += "\\\(mark)\(String(repeating: "0", count: width - digits.count))\(digits)"
      }
    }
    return result + "\""
  }
}
