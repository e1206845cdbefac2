extension ConfigurationSchema {
  /// The reference, docs/configuration-reference.md.
  public static var markdown: String {
    var lines = [
      "# Configuration reference", "",
      "Every key, its type, default and meaning. Written by `flowswitch schema --markdown`; the same description is the",
      "[JSON Schema](../etc/flowswitch.schema.json) (`flowswitch schema`). For how things hang together see",
      "[configuration.md](configuration.md).", "",
      "Durations are numbers with a unit: `200ms`, `1s`, `1.5s`, `5m`, `1h`. Names have 1 to 63 letters, digits and `. _ -`, a",
      "letter or digit first. Bold keys are required.", "",
    ]
    for section in sections {
      lines += ["## \(section.id)", ""]
      if !section.path.isEmpty {
        let paths = section.path.split(separator: ", ").map { "`\($0)`" }.joined(separator: ", ")
        lines += ["\(paths). \(section.summary)", ""]
      } else {
        lines += [section.summary, ""]
      }
      lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
      for key in section.keys {
        let name = key.isRequired ? "**`\(key.name)`**" : "`\(key.name)`"
        lines.append(
          "| \(name) | \(key.value.typeText) | \(key.defaultText ?? "") | \(key.meaning) |")
      }
      lines.append("")
      if !section.exclusive.isEmpty {
        let names = section.exclusive.map { "`\($0)`" }.joined(separator: " and ")
        lines += ["Only one of \(names).", ""]
      }
      for (key, others) in section.needs {
        lines += ["`\(key)` needs \(others.map { "`\($0)`" }.joined(separator: " and ")) beside it.", ""]
      }
      for condition in section.conditions {
        let value = condition.value.text().replacing("\"", with: "")
        let off = condition.onlyOff.map { "`\($0)` other than `off`" }
        let not = (condition.forbidden.map { "`\($0)`" } + off).joined(separator: ", ")
        lines += ["With `\(condition.key): \(value)` not \(not): \(condition.reason).", ""]
      }
      if let kinds = section.kinds {
        lines += ["| kind | keys |", "|---|---|"]
        for kind in kinds {
          let keys = kind.keys.filter { $0 != "kind" }.map { key in
            kind.required.contains(key) ? "**`\(key)`**" : "`\(key)`"
          }
          lines.append("| `\(kind.kind)` | \(keys.joined(separator: " ")) |")
        }
        lines.append("")
      }
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }
}
