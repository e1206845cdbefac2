import Foundation

/// What has to be done to LLVM IR that Swift wrote for riscv64, so that it becomes an eBPF program; and what must not
/// be left in it.
enum IntermediateCode {
  /// Everything but the entry points becomes internal and inlined: eBPF functions return one word and take five.
  static func retarget(_ ir: String, entryPrefix: String) -> String {
    let lines = ir.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // Attribute groups that forbid inlining: their functions (runtime, coroutines) are not ours, and get dropped.
    let noinline = Set(
      lines.filter { $0.hasPrefix("attributes #") && $0.contains(" noinline ") }
        .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) })
    var out: [String] = []
    out.reserveCapacity(lines.count)
    for line in lines {
      if line.hasPrefix("@llvm.used") || line.hasPrefix("@llvm.compiler.used") { continue }
      if line.hasPrefix("@"), line.contains(" = "), line.contains(" alias ") { continue }
      if line.hasPrefix("target triple") {
        out.append("target triple = \"bpfel\"")
      } else if line.hasPrefix("define ") {
        out.append(define(line, entryPrefix, noinline))
      } else if line.hasPrefix("attributes #") {
        out.append(attributes(line))
      } else {
        out.append(withoutExtensions(line))
      }
    }
    return out.joined(separator: "\n")
  }

  private static func define(_ line: String, _ entryPrefix: String, _ noinline: Set<String>) -> String {
    var text = withoutExtensions(line)
    if text.contains("@\(entryPrefix)") { return text }
    for word in ["weak_odr ", "linkonce_odr ", "internal ", "private ", "hidden ", "protected "] {
      if let range = text.range(of: "define " + word) {
        text.replaceSubrange(range, with: "define ")
      }
    }
    // Two such words may follow each other (linkage, then visibility).
    for word in ["hidden ", "protected "] {
      if let range = text.range(of: "define " + word) {
        text.replaceSubrange(range, with: "define ")
      }
    }
    text.replaceSubrange(text.startIndex..<text.index(text.startIndex, offsetBy: 7), with: "define internal ")
    let words = text.split(separator: " ")
    if let group = words.last(where: { $0.hasPrefix("#") }), !noinline.contains(String(group)) {
      if let range = text.range(of: " \(group)", options: .backwards) {
        text.replaceSubrange(range, with: " alwaysinline \(group)")
      }
    }
    return text
  }

  /// riscv's calling convention names extensions that BPF's has not.
  private static func withoutExtensions(_ line: String) -> String {
    line.replacingOccurrences(of: " signext", with: "").replacingOccurrences(of: " zeroext", with: "")
  }

  private static func attributes(_ line: String) -> String {
    var text = withoutExtensions(line).replacingOccurrences(of: " sspreq", with: "")
    for name in ["target-cpu", "target-features", "tune-cpu"] {
      guard let start = text.range(of: " \"\(name)\"=\""),
        let end = text.range(of: "\"", range: start.upperBound..<text.endIndex)
      else { continue }
      text.removeSubrange(start.lowerBound..<end.upperBound)
    }
    return text
  }

  /// Refuses what can't be in an eBPF program, naming the function: traps (an overflow check, a precondition) and
  /// calls of functions that are not there.
  static func check(_ linked: String) throws {
    var faults: [String] = []
    var function = ""
    let defined = Set(
      linked.split(separator: "\n").filter { $0.hasPrefix("define ") }.compactMap(name(in:)))
    for line in linked.split(separator: "\n") {
      if line.hasPrefix("define ") {
        function = name(in: line) ?? "?"
      } else if line.contains("@llvm.trap()"), line.contains("call ") {
        faults.append("a trap is left in \(function): use wrapping operators and truncatingIfNeeded")
      } else if line.contains("call "), let callee = name(in: line), !callee.hasPrefix("llvm."),
        !callee.hasPrefix("fs_"), !defined.contains(callee)
      {
        faults.append("\(function) calls \(callee), which does not exist in the kernel")
      }
    }
    if faults.isEmpty { return }
    let unique = Array(Set(faults)).sorted()
    throw BuildError(
      "this Swift can't become an eBPF program:\n"
        + unique.map { "  " + demangled($0) }.joined(separator: "\n"))
  }

  /// The `@name` or `@"name"` in a line of IR.
  private static func name(in line: Substring) -> String? {
    guard let at = line.firstIndex(of: "@") else { return nil }
    let rest = line[line.index(after: at)...]
    if rest.first == "\"" {
      return rest.dropFirst().split(separator: "\"").first.map(String.init)
    }
    return String(rest.prefix { $0.isLetter || $0.isNumber || "._$".contains($0) })
  }

  /// Only the prefix of a mangled name is made readable: enough to find the function.
  private static func demangled(_ text: String) -> String {
    text.replacingOccurrences(of: "$e6Kernel", with: "")
  }
}
