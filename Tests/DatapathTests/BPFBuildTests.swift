import Testing

@testable import BPFBuild

/// What must not be left in the pipeline's code: the build fails, and says where.
@Suite("the eBPF build refuses")
struct BPFBuildTests {
  static let fine = """
    define i32 @flowswitch_xdp(ptr %0) {
      %1 = call i64 @"$e6Kernel4findyySiF"(i64 1)
      %2 = tail call ptr @fs_lookup(ptr @fs_flows)
      %3 = call i64 @llvm.bswap.i64(i64 %1)
      ret i32 0
    }
    define internal i64 @"$e6Kernel4findyySiF"(i64 %0) {
      ret i64 %0
    }
    """

  @Test("code without traps and foreign calls passes") func accepted() throws {
    try IntermediateCode.check(BPFBuildTests.fine)
  }

  @Test(
    "a trap and an unknown call are faults that name the function",
    arguments: [
      ("  call void @llvm.trap()", ["a trap is left in", "4learnyySiF"]),
      ("  tail call void @llvm.trap()", ["a trap is left in", "4learnyySiF"]),
      (
        "  %1 = call ptr @swift_allocObject(ptr null)",
        ["4learnyySiF calls swift_allocObject", "does not exist"]
      ),
      ("  call swiftcc void @\"$es5printyyF\"()", ["4learnyySiF calls $es5printyyF"]),
    ])
  func refused(line: String, parts: [String]) {
    let code =
      BPFBuildTests.fine + "\ndefine internal void @\"$e6Kernel4learnyySiF\"() {\n\(line)\n  ret void\n}\n"
    let error = #expect(throws: BuildError.self) { try IntermediateCode.check(code) }
    let text = error?.message ?? ""
    for part in parts { #expect(text.contains(part), "\(text)") }
    #expect(!text.contains("flowswitch_xdp"), "only who is at fault is named")
  }

  @Test("faults are told all at once, each once") func several() {
    let function =
      "define internal void @bad() {\n  call void @llvm.trap()\n  call void @llvm.trap()\n  call void @free(ptr null)\n}\n"
    let error = #expect(throws: BuildError.self) { try IntermediateCode.check(function) }
    let text = error?.message ?? ""
    #expect(text.split(separator: "\n").count == 3, "\(text)")
  }
}
