// swift-tools-version: 6.3
import PackageDescription

// What the rooms cost that are pure, apart from the package so that it does not slow its build. Sources, Tests and Plugins
// are links to its folders.
let swift: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "flowswitch-benchmarks",
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
  ],
  targets: [
    .target(name: "CTables"),
    .target(name: "Wire", swiftSettings: swift),
    .target(name: "Forwarding", dependencies: ["Wire", "CTables"], swiftSettings: swift),
    .target(name: "Balancing", swiftSettings: swift),
    .executableTarget(name: "BPFBuild", swiftSettings: swift),
    .plugin(name: "BPFObject", capability: .buildTool(), dependencies: ["BPFBuild"]),
    .target(
      name: "KernelDatapath", exclude: ["Kernel"], swiftSettings: swift, plugins: ["BPFObject"]),
    .systemLibrary(
      name: "CLibNL", pkgConfig: "libnl-route-3.0", providers: [.apt(["libnl-route-3-dev"])]),
    .target(name: "CNetlink", dependencies: ["CLibNL"]),
    .target(
      name: "CDatapath", linkerSettings: [.linkedLibrary("bpf"), .linkedLibrary("pcap")]),
    .target(
      name: "LinuxPlatform",
      dependencies: [
        "Wire", "CNetlink", "CDatapath", .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: swift),
    .target(
      name: "Datapath",
      dependencies: ["Wire", "Forwarding", "CTables", "CDatapath", "KernelDatapath", "LinuxPlatform"],
      swiftSettings: swift),
    .target(name: "CSupport", path: "Tests/CSupport", linkerSettings: [.linkedLibrary("bpf")]),
    .target(
      name: "Support",
      dependencies: ["Wire", "Forwarding", "CTables", "CDatapath", "Datapath", "CSupport"],
      path: "Tests/Support", swiftSettings: swift),

    .target(
      name: "RoomScenes",
      dependencies: [
        "Wire", "Forwarding", "CTables", "Datapath", "Support", "Balancing",
      ],
      path: "Scenes/RoomScenes", swiftSettings: swift),
    // Instructions, counted by valgrind.
    .executableTarget(
      name: "RoomCost", dependencies: ["RoomScenes"], path: "Cost/RoomCost", swiftSettings: swift,
      // Valgrind 3.19 gives up on this compiler's DWARF 5.
      linkerSettings: [.unsafeFlags(["-Xlinker", "--strip-debug"])]),
  ]
)

// ordo-one/benchmark takes longer to build than all else here, and thresholds do not need it.
if Context.environment["ROOMS_TIME"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
  // Time and, where the processor's counters can be read, instructions.
  package.targets.append(
    .executableTarget(
      name: "Rooms", dependencies: ["RoomScenes", .product(name: "Benchmark", package: "benchmark")],
      path: "Rooms", swiftSettings: swift,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]))
}
