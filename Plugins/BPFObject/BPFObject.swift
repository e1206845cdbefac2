import Foundation
import PackagePlugin

/// Builds the eBPF object whenever a source of the pipeline changes, and adds it to the target as Swift source.
@main
struct BPFObject: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let sources = context.package.directoryURL.appending(path: "Sources")
    let kernel = sources.appending(path: "KernelDatapath/Kernel")
    let tables = sources.appending(path: "CTables/include")
    let files =
      try swift(in: sources.appending(path: "Wire"))
      + swift(in: sources.appending(path: "Forwarding")) + swift(in: kernel)
    let maps = kernel.appending(path: "maps.c")
    let work = context.pluginWorkDirectoryURL
    let output = work.appending(path: "GeneratedObject.swift")
    let arguments =
      [
        "--output", output.path, "--work", work.appending(path: "bpf").path, "--include",
        kernel.path, "--include", tables.path,
      ] + files.map(\.path) + [maps.path]
    return [
      .buildCommand(
        displayName: "Compiling the datapath to eBPF",
        executable: try context.tool(named: "BPFBuild").url, arguments: arguments,
        inputFiles: files + [
          maps, kernel.appending(path: "bpfshim.h"), kernel.appending(path: "module.modulemap"),
          tables.appending(path: "tables.h"),
        ],
        outputFiles: [output])
    ]
  }

  /// Sources of a folder; `Type+Text.swift` is what only the daemon needs.
  private func swift(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" && !$0.lastPathComponent.hasSuffix("+Text.swift") }
      .sorted { $0.path < $1.path }
  }
}
