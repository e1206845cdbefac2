import Datapath
import Forwarding
import Synchronization
import Wire

/// Adds up the flows that the datapath's tap shows. Called on its threads.
final class FlowObserver: Sendable {
  /// A flow toward a cluster, as seen.
  struct Flow: Hashable {
    var protocolNumber: UInt8
    var source: IPAddress
    var destination: IPAddress
    /// Nil without ports.
    var sourcePort: UInt16?
    var destinationPort: UInt16?
    /// The virtual MAC that its frames came with, and where they went.
    var virtualMAC: MACAddress
    var memberMAC: MACAddress
    var out: Int
  }

  struct Count {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
  }

  /// More flows than that are not told apart; the rest counts as missed.
  private let limit: Int
  private let flows = Mutex<[Flow: Count]>([:])
  private let virtual: Range<UInt64>

  init(virtualMACs: Range<UInt64>, limit: Int = 65536) {
    virtual = virtualMACs
    self.limit = limit
  }

  var result: [Flow: Count] { flows.withLock { $0 } }

  func add(_ sample: TapSample) {
    guard case .forwarded(let out) = sample.outcome, virtual.contains(sample.destination.number) else {
      return
    }
    guard let flow = parse(sample, out: out) else { return }
    flows.withLock { flows in
      if flows[flow] == nil && flows.count >= limit { return }
      flows[flow, default: Count()].packets += 1
      flows[flow, default: Count()].bytes += UInt64(sample.length)
    }
  }

  private func parse(_ sample: TapSample, out: Int) -> Flow? {
    var bytes = sample.bytes
    return bytes.withUnsafeMutableBytes { raw -> Flow? in
      guard let base = raw.baseAddress else { return nil }
      let frame = Frame(base: base, end: base + raw.count)
      guard frame.has(14) else { return nil }
      var type = frame.raw16(12)
      var l3 = 14
      while EtherType.isTag(type) {
        guard l3 < 22, frame.has(l3 + 4) else { return nil }
        type = frame.raw16(l3 + 2)
        l3 += 4
      }
      guard let ip = IPHeader(frame.from(l3), isIPv6: type == EtherType.ipv6) else { return nil }
      return Flow(
        protocolNumber: ip.protocolNumber, source: ip.source, destination: ip.destination,
        sourcePort: ip.ports?.source, destinationPort: ip.ports?.destination,
        virtualMAC: sample.destination, memberMAC: MACAddress(raw: frame.mac(0)), out: out)
    }
  }
}

/// What of an IP header identifies a flow.
private struct IPHeader {
  var source: IPAddress
  var destination: IPAddress
  var protocolNumber: UInt8
  var ports: (source: UInt16, destination: UInt16)?

  init?(_ p: Frame, isIPv6: Bool) {
    guard p.count > 0, p.has(isIPv6 ? 40 : 20), p.u8(0) >> 4 == (isIPv6 ? 6 : 4) else { return nil }
    var offset = isIPv6 ? 40 : Int(p.u8(0) & 15) * 4
    var isLaterFragment = false
    if isIPv6 {
      source = IPAddress(hi: p.raw64(8), lo: p.raw64(16), isIPv6: true)
      destination = IPAddress(hi: p.raw64(24), lo: p.raw64(32), isIPv6: true)
      protocolNumber = p.u8(6)
      while IPProtocol.isExtension(protocolNumber), p.has(offset + 8), !isLaterFragment {
        let isFragment = protocolNumber == IPProtocol.fragment
        protocolNumber = p.u8(offset)
        isLaterFragment = isFragment && p.u16(offset + 2) & 0xfff8 != 0
        offset += isFragment ? 8 : (Int(p.u8(offset + 1)) + 1) * 8
      }
    } else {
      source = IPAddress(v4: p.raw32(12))
      destination = IPAddress(v4: p.raw32(16))
      protocolNumber = p.u8(9)
      isLaterFragment = p.u16(6) & 0x1fff != 0
    }
    if IPProtocol.hasPorts(protocolNumber), !isLaterFragment, p.has(offset + 4) {
      ports = (p.u16(offset), p.u16(offset + 2))
    }
  }
}
