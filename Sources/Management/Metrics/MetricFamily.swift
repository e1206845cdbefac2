/// A metric with its samples' labels.
struct MetricFamily: Hashable, Sendable {
  enum Kind: String, Sendable {
    case counter, gauge
  }
  /// As in Prometheus' text, counters with `_total`.
  let name: String
  let kind: Kind
  let labels: [String]
  let help: String

  init(_ name: String, _ kind: Kind, _ labels: [String], _ help: String) {
    self.name = name
    self.kind = kind
    self.labels = labels
    self.help = help
  }
}

extension MetricFamily {
  static let members = ["cluster", "member"]
  static let routers = ["pool", "router"]

  /// Every metric that `/metrics` has, in its order.
  static let all: [MetricFamily] = [
    buildInfo, startTime, adopted,
    portUp, portSpeed, portReceivedPackets, portSentPackets, portReceivedBytes, portSentBytes,
    portStations, drops,
    clusterPackets, clusterBytes, clusterBuckets, clusterTransitions, clusterMembers, clusterState,
    memberPackets, memberBytes, memberNewFlows, memberLeaving, memberBuckets, memberWeight,
    memberState,
    memberAdminState, memberLastChange,
    routerPackets, routerBytes, routerBuckets, routerServers, routerWeight, routerState,
    routerAdminState,
    routerLastChange,
    probeUp, probeDuration, probeSuccesses, probeFailures,
    events, streams,
    processCPU, processResident, processVirtual, processFiles, processMaximumFiles, processThreads,
    processStart,
  ]

  static let buildInfo = MetricFamily(
    "flowswitch_build_info", .gauge, ["version", "name", "datapath", "kernel"],
    "Always 1; the labels say what runs.")
  static let startTime = MetricFamily(
    "flowswitch_start_time_seconds", .gauge, [], "When the daemon started, in seconds since 1970.")
  static let adopted = MetricFamily(
    "flowswitch_adopted", .gauge, [],
    "1 if the daemon took over the datapath of an earlier one, and counters go on from there.")

  static let portUp = MetricFamily(
    "flowswitch_port_up", .gauge, ["port", "role"], "1 if the port's link is up.")
  static let portSpeed = MetricFamily(
    "flowswitch_port_speed_bytes_per_second", .gauge, ["port"],
    "The link's speed; only of ports whose driver says.")
  static let portReceivedPackets = MetricFamily(
    "flowswitch_port_receive_packets_total", .counter, ["port"], "Frames that came in.")
  static let portSentPackets = MetricFamily(
    "flowswitch_port_transmit_packets_total", .counter, ["port"], "Frames that left.")
  static let portReceivedBytes = MetricFamily(
    "flowswitch_port_receive_bytes_total", .counter, ["port"], "Bytes of frames that came in.")
  static let portSentBytes = MetricFamily(
    "flowswitch_port_transmit_bytes_total", .counter, ["port"], "Bytes of frames that left.")
  static let portStations = MetricFamily(
    "flowswitch_port_stations", .gauge, ["port"], "MAC addresses known behind the port.")
  static let drops = MetricFamily(
    "flowswitch_drops_total", .counter, ["port", "reason"],
    "Frames that were not forwarded, by the port that they came in on; what was handed to the daemon is among them."
  )

  static let clusterPackets = MetricFamily(
    "flowswitch_cluster_packets_total", .counter, ["cluster"], "Packets to the cluster's members.")
  static let clusterBytes = MetricFamily(
    "flowswitch_cluster_bytes_total", .counter, ["cluster"], "Bytes to the cluster's members.")
  static let clusterBuckets = MetricFamily(
    "flowswitch_cluster_buckets", .gauge, ["cluster"], "Buckets that the cluster has.")
  static let clusterTransitions = MetricFamily(
    "flowswitch_cluster_buckets_in_transition", .gauge, ["cluster"],
    "Buckets that move while flows stay on their previous path; also of router pools, by the pool's name."
  )
  static let clusterMembers = MetricFamily(
    "flowswitch_cluster_members", .gauge, ["cluster", "state"],
    "The cluster's members in this state.")
  static let clusterState = MetricFamily(
    "flowswitch_cluster_state", .gauge, ["cluster", "state"],
    "1 for the state that the cluster is in, 0 for others.")

  static let memberPackets = MetricFamily(
    "flowswitch_member_packets_total", .counter, members, "Packets to the member.")
  static let memberBytes = MetricFamily(
    "flowswitch_member_bytes_total", .counter, members, "Bytes to the member.")
  static let memberNewFlows = MetricFamily(
    "flowswitch_member_new_flows_total", .counter, members,
    "TCP connections that began at the member.")
  static let memberLeaving = MetricFamily(
    "flowswitch_member_leaving_packets_total", .counter, members,
    "Packets of flows that stay with the member while their buckets move to others.")
  static let memberBuckets = MetricFamily(
    "flowswitch_member_buckets", .gauge, members, "Buckets that lead to the member.")
  static let memberWeight = MetricFamily(
    "flowswitch_member_weight", .gauge, members, "The member's share as configured.")
  static let memberState = MetricFamily(
    "flowswitch_member_state", .gauge, members + ["state"],
    "1 for the state that the member is in, 0 for others.")
  static let memberAdminState = MetricFamily(
    "flowswitch_member_admin_state", .gauge, members + ["state"],
    "1 for what the operator wants of the member, 0 for others.")
  static let memberLastChange = MetricFamily(
    "flowswitch_member_last_change_time_seconds", .gauge, members,
    "When the member's state changed last, in seconds since 1970.")

  static let routerPackets = MetricFamily(
    "flowswitch_router_packets_total", .counter, routers, "Packets to the router.")
  static let routerBytes = MetricFamily(
    "flowswitch_router_bytes_total", .counter, routers, "Bytes to the router.")
  static let routerBuckets = MetricFamily(
    "flowswitch_router_buckets", .gauge, routers, "Buckets that lead to the router.")
  static let routerServers = MetricFamily(
    "flowswitch_router_servers", .gauge, routers,
    "Servers that were given the router's MAC address.")
  static let routerWeight = MetricFamily(
    "flowswitch_router_weight", .gauge, routers, "The router's share as configured.")
  static let routerState = MetricFamily(
    "flowswitch_router_state", .gauge, routers + ["state"],
    "1 for the state that the router is in, 0 for others.")
  static let routerAdminState = MetricFamily(
    "flowswitch_router_admin_state", .gauge, routers + ["state"],
    "1 for what the operator wants of the router, 0 for others.")
  static let routerLastChange = MetricFamily(
    "flowswitch_router_last_change_time_seconds", .gauge, routers,
    "When the router's state changed last, in seconds since 1970.")

  static let probeUp = MetricFamily(
    "flowswitch_probe_up", .gauge, ["target", "kind"], "1 if the probe's target is operational.")
  static let probeDuration = MetricFamily(
    "flowswitch_probe_duration_seconds", .gauge, ["target", "kind"],
    "How long the last successful probe took; only of probes that had one.")
  static let probeSuccesses = MetricFamily(
    "flowswitch_probe_successes_total", .counter, ["target", "kind"],
    "Probes that were answered as they should.")
  static let probeFailures = MetricFamily(
    "flowswitch_probe_failures_total", .counter, ["target", "kind"], "Probes that were not.")

  static let events = MetricFamily(
    "flowswitch_events_total", .counter, ["kind"], "Events since the daemon started.")
  static let streams = MetricFamily(
    "flowswitch_api_streams", .gauge, [],
    "Clients that read the stream by the listener that was asked.")

  static let processCPU = MetricFamily(
    "process_cpu_seconds_total", .counter, [], "CPU time of the daemon, user and system.")
  static let processResident = MetricFamily(
    "process_resident_memory_bytes", .gauge, [], "Memory of the daemon that is resident.")
  static let processVirtual = MetricFamily(
    "process_virtual_memory_bytes", .gauge, [], "Address space of the daemon.")
  static let processFiles = MetricFamily(
    "process_open_fds", .gauge, [], "File descriptors that are open.")
  static let processMaximumFiles = MetricFamily(
    "process_max_fds", .gauge, [], "File descriptors that may be open.")
  static let processThreads = MetricFamily("process_threads", .gauge, [], "Threads of the daemon.")
  static let processStart = MetricFamily(
    "process_start_time_seconds", .gauge, [], "When the process started, in seconds since 1970.")
}
