import CTables
import Forwarding

extension XDPDatapath {
  /// Hands over what the program gives to control at tc ingress, until it is closed; whole frames up to `FS_PUNT_BYTES`,
  /// tags included. XDP lets such frames pass instead, so that a packet socket sees them; at tc ingress that has seen
  /// every frame. `onFrame` is called on a thread of the datapath.
  public func openPunts(_ onFrame: @escaping @Sendable (_ port: Int, _ frame: [UInt8]) -> Void)
    throws(DatapathError) -> any Tap
  {
    try RingTap(
      map: object.map(BPFObject.punts), pages: 32, wakesEach: true,
      onRecord: { _, record in
        let size = MemoryLayout<fs_tap_event>.size
        guard record.count >= size else { return }
        let event = record.loadUnaligned(as: fs_tap_event.self)
        guard case .punted? = TapSample.Outcome(action: event.action, out: 0) else { return }
        let tag = RecordTag(action: event.action, destination: event.destination)
        let limit = min(Int(event.length), Int(FS_PUNT_BYTES) + tag.bytes.count)
        onFrame(Int(event.port), tag.frame(record, from: size, upTo: limit))
      }, onClose: {})
  }
}
