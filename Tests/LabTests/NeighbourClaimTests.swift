import Testing
import Wire

@testable import Lab

@Suite("claims to an address")
struct NeighbourClaimTests {
  private static let mac = LabHost.s1.mac

  @Test("every frame of an announcement is read as what it is")
  func announcements() throws {
    let v4 = IPAddress(10, 50, 0, 100)
    let v6 = try #require(IPAddress("fd50::100"))
    let kinds = { (address: IPAddress) in
      Announcement.frames(of: address, mac: Self.mac).map { NeighbourClaim(CapturedFrame(bytes: $0)) }
    }
    #expect(kinds(v4).map { $0?.kind } == [.arpRequest, .arpReply, .arpProbe])
    #expect(kinds(v6).map { $0?.kind } == [.advertisement, .detection])
    #expect(kinds(v4).allSatisfy { $0?.address == v4 && $0?.mac == Self.mac })
    #expect(kinds(v6).allSatisfy { $0?.address == v6 && $0?.mac == Self.mac })
  }

  @Test("cut off at every byte, nothing crashes")
  func cutOff() throws {
    for address in [IPAddress(10, 50, 0, 100), try #require(IPAddress("fd50::100"))] {
      for frame in Announcement.frames(of: address, mac: Self.mac) {
        for length in 0...frame.count {
          _ = NeighbourClaim(CapturedFrame(bytes: Array(frame.prefix(length))))
        }
      }
    }
  }

  @Test("RFC 1071's example, and an odd byte")
  func checksum() {
    #expect(Announcement.checksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]) == ~0xddf2)
    #expect(Announcement.checksum([0x01]) == ~0x0100)
    #expect(Announcement.checksum([]) == 0xffff)
  }
}
