import Foundation
import Testing

@testable import Lab

extension LabTests {
  @Suite("building and taking down", .serialized)
  struct Lifecycle {
    @Test("two labs stand beside each other, and each goes alone")
    func twoLabs() throws {
      let binary = try Executable.flowswitch()
      let first = try LabNetwork.up(base: "pair", datapath: .auto, binary: binary, owned: true)
      defer { try? first.down() }
      let second = try LabNetwork.up(base: "pair", datapath: .auto, binary: binary, owned: true)
      defer { try? second.down() }
      #expect(first.name != second.name)
      for lab in [first, second] {
        let counts = try LabChecks(lab).fetch(LabAddress.web[0], from: .a1, count: 8)
        #expect(counts.values.reduce(0, +) == 8)
      }
      try first.down()
      #expect(LabName.namespaces(of: first.name).isEmpty)
      let counts = try LabChecks(second).fetch(LabAddress.web[0], from: .a1, count: 8)
      #expect(counts.values.reduce(0, +) == 8, "the second lab is not touched by the first one's end")
    }

    @Test("a name that is taken is refused, and nothing of that lab is touched")
    func takenName() throws {
      let name = try LabName.claim(nil, base: "taken")
      defer { try? LabNetwork.down(name) }
      #expect(throws: LabError.self) { try LabName.claim(name, base: "lab") }
      #expect(LabName.all().contains(name))
    }

    @Test("a lab keeps away from a switch of the same name")
    func runningSwitch() throws {
      let socket = LabName.socket(of: "busy")
      defer { try? FileManager.default.removeItem(atPath: socket) }
      try FileManager.default.createDirectory(
        atPath: LabName.stateDirectory, withIntermediateDirectories: true)
      try TextFile.write(socket, "")
      #expect(throws: LabError.self) { try LabName.claim("busy", base: "lab") }
      let name = try LabName.claim(nil, base: "busy")
      #expect(name == "busy2")
      try LabNetwork.down(name)
      #expect(FileManager.default.fileExists(atPath: socket))
    }

    @Test("Ctrl-C leaves nothing, however far the lab came", arguments: [20, 400, 1500, 4000])
    func interrupted(afterMilliseconds: Int) throws {
      let name = "stop\(afterMilliseconds)"
      let log = NSTemporaryDirectory() + "flowswitch-\(name).log"
      defer { try? FileManager.default.removeItem(atPath: log) }
      let program = Program(path: try Executable.flowswitch(), ["lab", "demo", "--name", name])
      let demo = try program.start(output: log, errors: log)
      try Waiting.pause(.milliseconds(afterMilliseconds))
      demo.signal(SIGINT)
      #expect(try Waiting.until(within: .seconds(30)) { !demo.isAlive })
      try expectNothing(of: name)
    }

    @Test("what a killed builder left is found without its state file, and removed")
    func crashed() throws {
      let name = "crashed"
      let log = NSTemporaryDirectory() + "flowswitch-\(name).log"
      defer { try? FileManager.default.removeItem(atPath: log) }
      let program = Program(path: try Executable.flowswitch(), ["lab", "demo", "--name", name])
      let demo = try program.start(output: log, errors: log)
      _ = try Waiting.until(within: .seconds(20)) { (TextFile.read(log) ?? "").contains("the switch: ") }
      demo.signal(SIGKILL)
      #expect(try Waiting.until(within: .seconds(5)) { !demo.isAlive })
      try? FileManager.default.removeItem(atPath: LabName.stateFile(of: name))
      #expect(LabName.all().contains(name))
      try LabNetwork.down(name)
      try expectNothing(of: name)
    }

    private func expectNothing(of name: String) throws {
      #expect(LabName.namespaces(of: name).isEmpty)
      #expect(!FileManager.default.fileExists(atPath: LabName.stateFile(of: name)))
      #expect(!FileManager.default.fileExists(atPath: "/run/flowswitch/\(name).sock"))
      let left = TextFile.names(in: "/tmp").filter { $0.hasPrefix("flowswitch-\(name)-") }
      #expect(left.isEmpty)
    }
  }
}
