import Wire

/// Frames that hosts sent, held against the frames that others received: what left the switch is what came in, once,
/// and only the destination MAC of frames for a cluster differs (H1, H5, H7).
package struct FrameLedger {
  /// Unicast frames that hosts sent to a virtual MAC, and those that arrived at a server as they came.
  package var clusterSent = 0
  package var clusterArrived = 0
  /// Unicast frames between hosts, and those that arrived at their addressee bit by bit as they came.
  package var hostSent = 0
  package var hostArrived = 0
  /// Frames per server.
  package var perServer: [LabHost: Int] = [:]
  /// What was wrong, in words; the first of each kind.
  package var faults: [String] = []

  private struct Sent {
    var count = 0
    var frame: CapturedFrame
    var by: LabHost
  }

  package init(_ captured: [LabHost: [CapturedFrame]], virtualMACs: Set<MACAddress>) {
    var sent: [[UInt8]: Sent] = [:]
    var received: [[UInt8]: [LabHost: Int]] = [:]
    var firsts: [[UInt8]: CapturedFrame] = [:]
    for (host, frames) in captured {
      for frame in frames {
        guard let destination = frame.destination, !destination.isMulticast else { continue }
        let key = frame.untouchable
        if frame.source == host.mac {
          sent[key, default: Sent(frame: frame, by: host)].count += 1
        } else {
          received[key, default: [:]][host, default: 0] += 1
          firsts[key] = frame
          if destination != host.mac {
            note("\(host) received a frame for \(destination), not its own", frame)
          }
        }
      }
    }
    for (key, entry) in sent {
      let places = received[key] ?? [:]
      let arrived = places.values.reduce(0, +)
      let toCluster = entry.frame.destination.map(virtualMACs.contains) ?? false
      if toCluster { clusterSent += entry.count } else { hostSent += entry.count }
      if arrived < entry.count { note("sent by \(entry.by), arrived nowhere", entry.frame) }
      if arrived > entry.count {
        note("sent \(entry.count) × by \(entry.by), arrived \(arrived) ×", entry.frame)
      }
      if places.count > 1, entry.count == 1 {
        note("arrived at \(places.keys.map(\.name).sorted().joined(separator: " and "))", entry.frame)
      }
      for (place, count) in places {
        if toCluster {
          perServer[place, default: 0] += count
          if LabHost.servers.contains(place) {
            clusterArrived += count
          } else {
            note("a cluster's frame arrived at \(place)", entry.frame)
          }
        } else if entry.frame.destination == place.mac {
          hostArrived += count
        } else {
          note(
            "a frame for \(entry.frame.destination?.description ?? "nobody") arrived at \(place)", entry.frame
          )
        }
      }
    }
    for (key, frame) in firsts where sent[key] == nil {
      let places = received[key]?.keys.map(\.name).sorted().joined(separator: ", ") ?? ""
      note("arrived at \(places) but nobody sent it so", frame)
    }
  }

  /// Keeps the first fault of a kind and a host, with a look at the frame.
  private mutating func note(_ what: String, _ frame: CapturedFrame) {
    guard faults.count < 8, !faults.contains(where: { $0.hasPrefix(what) }) else { return }
    faults.append("\(what) (\(frame))")
  }
}
