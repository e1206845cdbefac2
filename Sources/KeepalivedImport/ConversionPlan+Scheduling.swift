import SwitchModel

extension ConversionPlan {
  /// IPVS' schedulers place connections; FlowSwitch divides flows by a hash. What is nearest, and what differs.
  mutating func planScheduling(_ server: VirtualServer, _ cluster: inout PlannedCluster) {
    var keys: [(key: String, value: String, comment: String?)] = []
    var meaning = ImportFinding.Meaning.changed
    var text: String
    switch server.scheduler {
    case "rr": text = "flows are divided evenly by their hash, not in turn"
    case "wrr": text = "flows are divided by weight by their hash, not in turn"
    case "lc", "wlc", "sed", "nq", "twos":
      keys.append(("load", "{measure: new-flows}", nil))
      text =
        "flows are divided by weight by their hash; the load routine moves buckets while members' new connections are uneven"
    case "lblc", "lblcr":
      keys.append(("hash", "destination", nil))
      text = "flows go by destination address, whatever the load"
    case "sh":
      if !server.flags.contains("sh-port") { keys.append(("hash", "source", nil)) }
      (meaning, text) = (.converted, "flows go by \(keys.isEmpty ? "addresses and ports" : "source address")")
    case "dh":
      keys.append(("hash", "destination", nil))
      (meaning, text) = (.converted, "flows go by destination address")
    case "mh":
      if !server.flags.contains("mh-port") { keys.append(("hash", "source", nil)) }
      keys.append(("assign", "maglev", nil))
      (meaning, text) = (.converted, "shares by Maglev's rule")
    case "fo":
      keys.append(("mode", "availability", "the first that can serve has all traffic, the others stand by"))
      text = "the first member that can serve gets everything; one that returns does not take it back"
    case "ovf":
      text = "there are no limits of connections that overflow: flows are divided by weight"
      meaning = .notConverted
    default:
      text = "not a scheduler that is known here: flows are divided by weight by their hash"
      meaning = .notConverted
    }
    if let place = server.schedulerPlace {
      find(meaning, place, "lb_algo \(shownText(server.scheduler, limit: 40))", text)
    }
    if let seconds = server.stickySeconds, seconds > 0 { planSticky(server, seconds, &keys) }
    cluster.keys += keys
  }

  private mutating func planSticky(
    _ server: VirtualServer, _ seconds: Int, _ keys: inout [(key: String, value: String, comment: String?)]
  ) {
    let subject = "persistence_timeout \(seconds)"
    guard server.scheduler != "fo" else {
      find(.converted, server.statement.place, subject, "an availability cluster has one member at a time")
      return
    }
    let clipped = min(seconds, 86400)
    keys.append(("sticky", Duration.seconds(clipped).text, nil))
    find(
      clipped == seconds ? .converted : .changed, server.statement.place, subject,
      "a source that was silent no longer than \(Duration.seconds(clipped).text) finds its member again")
  }
}
