import Foundation

/// `BPFBuild --output FILE.swift [--object FILE.o] --work DIR --include DIR… SOURCE…`
///
/// Compiles Swift sources to an eBPF object and writes it as a Swift source, so that the daemon carries its datapath.
/// Run by the package's build plugin; by hand it serves to look at the intermediate files in the work folder.
@main
enum BPFBuild {
  static func main() {
    do {
      try run(Arguments(CommandLine.arguments.dropFirst()))
    } catch let error as BuildError {
      FileHandle.standardError.write(Data("error: \(error.message)\n".utf8))
      exit(1)
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(1)
    }
  }

  static func run(_ arguments: Arguments) throws {
    let toolchain = try Toolchain()
    let work = arguments.work
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    let includes = arguments.includes.flatMap { ["-I", $0] }
    let swift = work.appending(path: "swift.ll").path
    let retargeted = work.appending(path: "bpf.ll").path
    let maps = work.appending(path: "maps.bc").path
    let linked = work.appending(path: "linked.ll").path
    let object = work.appending(path: "flowswitch.o").path

    // Embedded Swift for riscv64: the toolchain ships its standard library, and LLVM's data layout for it is that of
    // BPF, so that the IR carries over unchanged.
    try toolchain.run(
      "swiftc",
      [
        "-target", "riscv64-none-none-eabi", "-enable-experimental-feature", "Embedded", "-wmo",
        "-parse-as-library", "-O", "-module-name", "Kernel", "-emit-ir", "-o", swift,
        "-module-cache-path", work.appending(path: "modules").path,
      ] + includes + arguments.swiftSources)
    let ir = try String(contentsOfFile: swift, encoding: .utf8)
    try IntermediateCode.retarget(ir, entryPrefix: "flowswitch_")
      .write(toFile: retargeted, atomically: true, encoding: .utf8)

    guard let mapSource = arguments.cSources.first, arguments.cSources.count == 1 else {
      throw BuildError("one C source with the maps is expected, not \(arguments.cSources.count)")
    }
    let bpf = ["-target", "bpfel", "-mcpu=v3", "-O2"]
    try toolchain.run(
      "clang", bpf + includes + ["-g", "-Wall", "-Werror", "-emit-llvm", "-c", mapSource, "-o", maps])
    let link = ["-x", "ir", "-Xclang", "-mlink-bitcode-file", "-Xclang", maps]
    try toolchain.run("clang", bpf + link + ["-S", "-emit-llvm", retargeted, "-o", linked])
    try IntermediateCode.check(try String(contentsOfFile: linked, encoding: .utf8))
    try toolchain.run("clang", bpf + ["-x", "ir", "-c", linked, "-o", object])

    let bytes = try Data(contentsOf: URL(filePath: object))
    if let copy = arguments.object { try bytes.write(to: URL(filePath: copy)) }
    let text = """
      // Made by BPFBuild from Wire, Forwarding and KernelDatapath/Kernel.
      enum GeneratedObject {
        static let base64: StaticString = "\(bytes.base64EncodedString())"
      }

      """
    try text.write(toFile: arguments.output, atomically: true, encoding: .utf8)
  }
}

struct BuildError: Error {
  var message: String
  init(_ message: String) { self.message = message }
}

struct Arguments {
  var output = ""
  var object: String?
  var work = URL(filePath: "/")
  var includes: [String] = []
  var swiftSources: [String] = []
  var cSources: [String] = []

  init(_ list: ArraySlice<String>) throws {
    var rest = list
    while let first = rest.popFirst() {
      func value() throws -> String {
        guard let next = rest.popFirst() else { throw BuildError("\(first) needs a value") }
        return next
      }
      switch first {
      case "--output": output = try value()
      case "--object": object = try value()
      case "--work": work = URL(filePath: try value())
      case "--include": includes.append(try value())
      default:
        if first.hasSuffix(".swift") {
          swiftSources.append(first)
        } else if first.hasSuffix(".c") {
          cSources.append(first)
        } else {
          throw BuildError("unknown argument \(first)")
        }
      }
    }
    if output.isEmpty || work.path == "/" || swiftSources.isEmpty {
      throw BuildError("usage: BPFBuild --output FILE.swift --work DIR --include DIR… SOURCE…")
    }
  }
}
