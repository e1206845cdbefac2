// swift-tools-version: 6.3
import PackageDescription

let swift: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// What reads bytes from outside.
let fuzzed: [Target.Dependency] = [
  "Wire", "Forwarding", "CTables", "CNetlink", "LinuxPlatform", "Datapath", "PacketCapture", "Replay",
  "SwitchModel", "ConfigurationFile", "KeepalivedImport", "Planning", "ProxyARP", "HealthProbe", "Control",
  "Management", "Support", "CSupport", "ManagementFixtures",
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOEmbedded", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
]

let package = Package(
  name: "flowswitch",
  products: [
    .executable(name: "flowswitch", targets: ["FlowSwitch"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The four pure rooms and the layouts they share with the kernel.
    .target(name: "CTables"),
    .target(name: "Wire", swiftSettings: swift),
    .target(name: "Forwarding", dependencies: ["Wire", "CTables"], swiftSettings: swift),
    .target(name: "Balancing", swiftSettings: swift),

    // The eBPF object: Wire, Forwarding and Kernel/ compiled for the kernel by the plugin.
    .executableTarget(name: "BPFBuild", swiftSettings: swift),
    .plugin(name: "BPFObject", capability: .buildTool(), dependencies: ["BPFBuild"]),
    .target(
      name: "KernelDatapath", exclude: ["Kernel"], swiftSettings: swift, plugins: ["BPFObject"]),

    // What another configuration would do.
    .target(name: "Planning", dependencies: ["Wire", "SwitchModel", "Balancing"], swiftSettings: swift),

    // What touches the operating system.
    .systemLibrary(
      name: "CLibNL", pkgConfig: "libnl-route-3.0", providers: [.apt(["libnl-route-3-dev"])]),
    .target(name: "CNetlink", dependencies: ["CLibNL"]),
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(
      name: "CDatapath", linkerSettings: [.linkedLibrary("bpf"), .linkedLibrary("pcap")]),
    .target(
      name: "LinuxPlatform",
      dependencies: [
        "Wire", "CNetlink", "CDatapath",
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: swift),
    .target(
      name: "Datapath",
      dependencies: ["Wire", "Forwarding", "CTables", "CDatapath", "KernelDatapath", "LinuxPlatform"],
      swiftSettings: swift),

    // Capture files and filters.
    .target(
      name: "PacketCapture", dependencies: ["CDatapath", "SwitchModel"], swiftSettings: swift),
    .target(
      name: "Replay",
      dependencies: [
        "Wire", "Forwarding", "CTables", "Balancing", "SwitchModel", "Datapath", "PacketCapture",
      ], swiftSettings: swift),

    // What decides.
    .target(name: "SwitchModel", dependencies: ["Wire"], swiftSettings: swift),
    // Not "Configuration": swift-configuration, which Hummingbird depends on, has a target of that name.
    .target(
      name: "ConfigurationFile",
      dependencies: [
        "Wire", "SwitchModel", "CLibYAML",
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: swift),
    .target(name: "KeepalivedImport", dependencies: ["Wire", "SwitchModel"], swiftSettings: swift),
    .target(name: "ProxyARP", dependencies: ["Wire"], swiftSettings: swift),
    .target(name: "CHealthProbe"),
    .target(
      name: "HealthProbe",
      dependencies: [
        "Wire", "SwitchModel", "ProxyARP", "CHealthProbe",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: swift),
    .target(
      name: "Control",
      dependencies: [
        "Wire", "Forwarding", "CTables", "SwitchModel", "Balancing", "ProxyARP", "HealthProbe", "Datapath",
        "LinuxPlatform", "PacketCapture", .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: swift),

    .target(
      name: "Doctor",
      dependencies: [
        "Wire", "SwitchModel", "CDatapath", "LinuxPlatform",
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: swift),

    // What `top` shows: keys, rates, pictures; pure.
    .target(name: "Top", dependencies: ["SwitchModel"], swiftSettings: swift),

    // What people and programs see. The console's page is embedded by #embed in C: SwiftPM's `embedInCode` makes arrays
    // of literals that take minutes to compile.
    .target(name: "CConsole", exclude: ["Page"]),
    .target(
      name: "Management",
      dependencies: [
        "Wire", "SwitchModel", "CConsole", "PacketCapture",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: swift),
    .target(
      name: "Lab",
      dependencies: [
        "Wire", "Forwarding", "CDatapath", "Datapath", "SwitchModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    .target(
      name: "CommandReference",
      dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: swift),
    .executableTarget(
      name: "FlowSwitch",
      dependencies: [
        "Wire", "SwitchModel", "ConfigurationFile", "Control", "Datapath", "LinuxPlatform",
        "Management", "Lab", "Doctor", "KeepalivedImport", "CommandReference", "Planning", "PacketCapture",
        "Replay", "Top",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: swift),

    // What tests share: frames, a switch on both targets of the pipeline.
    .target(name: "CSupport", path: "Tests/CSupport", linkerSettings: [.linkedLibrary("bpf")]),
    .target(name: "CFlood", path: "Tests/CFlood", linkerSettings: [.linkedLibrary("bpf")]),
    .target(
      name: "Support",
      dependencies: ["Wire", "Forwarding", "CTables", "CDatapath", "Datapath", "CSupport"],
      path: "Tests/Support", swiftSettings: swift),
    .executableTarget(
      name: "PipelineCheck",
      dependencies: [
        "Wire", "Forwarding", "CTables", "CDatapath", "Datapath", "CSupport", "Support", "LinuxPlatform",
        "PacketCapture", "SwitchModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    // The switch beside what one would use instead (`make bench`).
    .target(
      name: "CSwitchBench", exclude: ["Programs"],
      linkerSettings: [.linkedLibrary("bpf"), .linkedLibrary("pcap")]),
    .executableTarget(
      name: "SwitchBench",
      dependencies: [
        "CSwitchBench", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    .testTarget(
      name: "SwitchBenchTests",
      dependencies: [
        "SwitchBench", "CSwitchBench", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    .testTarget(
      name: "DatapathTests",
      dependencies: [
        "Wire", "Forwarding", "CTables", "CDatapath", "Datapath", "CSupport", "Support", "BPFBuild",
        "LinuxPlatform",
      ],
      swiftSettings: swift),
    .testTarget(name: "WireTests", dependencies: ["Wire", "Support"], swiftSettings: swift),
    .testTarget(
      name: "ForwardingTests",
      dependencies: ["Wire", "Forwarding", "CTables", "Datapath", "Support"], swiftSettings: swift),
    .testTarget(
      name: "PacketCaptureTests", dependencies: ["PacketCapture", "SwitchModel"], swiftSettings: swift),
    .testTarget(
      name: "ReplayTests",
      dependencies: ["Replay", "PacketCapture", "SwitchModel", "Forwarding", "Wire"], swiftSettings: swift),
    .testTarget(name: "BalancingTests", dependencies: ["Balancing"], swiftSettings: swift),
    .testTarget(
      name: "PlanningTests", dependencies: ["Planning", "SwitchModel", "Wire"], swiftSettings: swift),
    .testTarget(name: "ProxyARPTests", dependencies: ["ProxyARP", "Wire"], swiftSettings: swift),
    .testTarget(
      name: "HealthProbeTests",
      dependencies: [
        "HealthProbe", "Wire", "SwitchModel", "ProxyARP",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: swift),
    .testTarget(
      name: "ConfigurationFileTests", dependencies: ["Wire", "SwitchModel", "ConfigurationFile"],
      swiftSettings: swift),
    .testTarget(
      name: "CommandReferenceTests",
      dependencies: [
        "CommandReference", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    .testTarget(
      name: "KeepalivedImportTests",
      dependencies: ["Wire", "SwitchModel", "ConfigurationFile", "KeepalivedImport"], swiftSettings: swift),
    .testTarget(
      name: "LinuxPlatformTests",
      dependencies: [
        "LinuxPlatform", "Wire", "CNetlink", .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: swift),

    .testTarget(
      name: "DoctorTests", dependencies: ["Doctor", "LinuxPlatform", "SwitchModel", "Wire"],
      swiftSettings: swift),

    // The parts of control without root, and the built executable in network namespaces.
    .testTarget(
      name: "ControlTests",
      dependencies: [
        "Control", "Datapath", "Forwarding", "CTables", "SwitchModel", "Wire", "LinuxPlatform", "CNetlink",
        "Lab", "BPFBuild", "HealthProbe", "PacketCapture", "Support", "ManagementFixtures",
        "CSupport", "CFlood",
      ], swiftSettings: swift),

    // The lab's tests run the executable that is built beside them.
    .testTarget(
      name: "LabTests", dependencies: ["Lab", "ConfigurationFile", "SwitchModel", "Wire"],
      swiftSettings: swift),
    .target(
      name: "ManagementFixtures",
      dependencies: [
        "Wire", "SwitchModel", "Management", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      path: "Tests/ManagementFixtures", swiftSettings: swift),
    .testTarget(
      name: "ManagementTests",
      dependencies: [
        "Wire", "SwitchModel", "Management", "ManagementFixtures", "PacketCapture",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: swift),
    // A terminal that is a value: what it shows can be compared.
    .target(name: "TerminalFixture", path: "Tests/TerminalFixture", swiftSettings: swift),
    .testTarget(
      name: "TopTests", dependencies: ["Top", "SwitchModel", "TerminalFixture"], swiftSettings: swift),
    // The page in a browser; Tests/Console is what the script needs.
    .testTarget(name: "ConsoleTests", dependencies: ["Management"], swiftSettings: swift),
    .testTarget(
      name: "FlowSwitchTests",
      dependencies: [
        "SwitchModel", "ManagementFixtures", "FlowSwitch", "TerminalFixture", "PacketCapture",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: swift),
    // Every file of the fuzzers' corpora, without libFuzzer.
    .testTarget(
      name: "FuzzTests", dependencies: fuzzed, path: "Fuzz", exclude: ["Corpus", "Runner", "run.sh"],
      sources: ["Entries", "Tests"], swiftSettings: swift),
  ]
)

// `make fuzz-parsers`: the parsers built for libFuzzer, which sees the edges that an input takes, and for the address
// sanitizer. The variable holds the path of the toolchain's libclang_rt.fuzzer_no_main. A build folder of its own keeps
// this apart from what others build.
if let libFuzzer = Context.environment["FLOWSWITCH_LIBFUZZER"] {
  let watched: Set = [
    "Wire", "Forwarding", "CNetlink", "CDatapath", "LinuxPlatform", "Datapath", "PacketCapture", "Replay",
    "SwitchModel", "ConfigurationFile", "KeepalivedImport", "ProxyARP", "HealthProbe", "Control",
    "Management", "Support", "ManagementFixtures", "Balancing",
  ]
  package.targets.removeAll { $0.type == .test }
  for target in package.targets where watched.contains(target.name) {
    target.swiftSettings = swift + [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]
    target.cSettings = [.unsafeFlags(["-fsanitize=fuzzer-no-link,address", "-fno-omit-frame-pointer"])]
  }
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: fuzzed, path: "Fuzz", exclude: ["Corpus", "Tests", "run.sh"],
      sources: ["Entries", "Runner"],
      swiftSettings: swift + [.unsafeFlags(["-sanitize=fuzzer,address"])],
      linkerSettings: [.unsafeFlags([libFuzzer, "-sanitize=address"]), .linkedLibrary("stdc++")]))
}
