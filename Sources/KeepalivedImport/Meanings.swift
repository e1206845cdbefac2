/// What becomes of keywords that have nothing of the same name, in a sentence each.
enum Meanings {
  static let inhibit =
    "a failed member gets no traffic and its buckets go to others at once; its connections are not kept waiting"
  static let nat =
    "addresses and ports are not translated: each server needs the virtual address (on its NIC or on loopback), listens on the virtual port, and has the router as default route, not the director"
  static let tunnel =
    "there is no tunnel: each server must be on a port of the switch, in the virtual address' VLAN, with the virtual address on its NIC or on loopback instead of on a tunnel"

  static let checkers: Set<String> = [
    "HTTP_GET", "SSL_GET", "TCP_CHECK", "SMTP_CHECK", "DNS_CHECK", "MISC_CHECK", "BFD_CHECK", "UDP_CHECK",
    "PING_CHECK", "FILE_CHECK",
  ]

  typealias Table = [String: (ImportFinding.Meaning, String)]

  private static let hook = "a hook of the switch runs a program for each event: switch.hook"
  private static let notNeeded = "nothing of the kind is needed"
  private static let mail = "no mail is sent: alerts come from the metrics, or by switch.hook"

  static let ofVirtualServers: Table = [
    "ha_suspend": (.converted, "the switch answers for the address itself, so probes need not wait for it"),
    "persistence_granularity": (.notConverted, "sticky is by whole source addresses"),
    "persistence_engine": (.notConverted, "flows are told apart by addresses and ports only: see hash"),
    "ops": (
      .converted, "in steady state a packet's hash alone picks its member, so each UDP packet stands alone"
    ),
    "hashed": (.notConverted, notNeeded),
    "alpha": (.changed, "a member that has not been probed yet counts as not failed"),
    "omega": (.notConverted, notNeeded),
    "quorum": (.notConverted, "members of last resort serve when no other can, whatever the weights"),
    "hysteresis": (.notConverted, "probe.damping keeps a flapping member out"),
    "quorum_up": (.notConverted, hook), "quorum_down": (.notConverted, hook),
    "ip_family": (.notConverted, "the family is the address'"),
    "smtp_alert": (.notConverted, mail),
    "sorry_server_inhibit": (.notConverted, "a member of last resort is watched like every other"),
    "sorry_server_lvs_method": (
      .notConverted, "frames keep everything but the destination MAC, for every member"
    ),
    "warmup": (.converted, "the first probes are spread over one interval"),
    "nat_mask": (.notConverted, notNeeded),
  ]

  static let ofRealServers: Table = [
    "notify_up": (.notConverted, hook), "notify_down": (.notConverted, hook),
    "uthreshold": (.notConverted, "members have no limit of connections; the load routine moves buckets"),
    "lthreshold": (.notConverted, "members have no limit of connections; the load routine moves buckets"),
    "smtp_alert": (.notConverted, mail),
    "alpha": (.changed, "a member that has not been probed yet counts as not failed"),
    "warmup": (.converted, "the first probes are spread over one interval"),
  ]

  static let ofCheckers: Table = [
    "connect_ip": (.notConverted, "the probe goes to the virtual address, with the member's MAC"),
    "bindto": (.notConverted, "probes come from the switch's own address: switch.address"),
    "bind_if": (.notConverted, "probes leave by the member's port"),
    "bind_port": (.notConverted, "the kernel picks the source port"),
    "fwmark": (.notConverted, "each probe has a mark of its own"),
    "alpha": (.changed, "a member that has not been probed yet counts as not failed"),
    "warmup": (.converted, "the first probes are spread over one interval"),
    "log_all_failures": (.notConverted, "`flowswitch show probes` has the last result and counts"),
    "http_protocol": (.changed, "HTTP/1.1 with Connection: close"),
    "fast_recovery": (.notConverted, notNeeded),
    "tls_compliant": (.notConverted, notNeeded),
    "helo_name": (.changed, "the probe waits for the greeting 220 and sends nothing"),
    "misc_dynamic": (.notConverted, "exit status 0 is success and all else failure; weights are the file's"),
    "user": (.notConverted, "the program runs as the daemon's user"),
    "min_reply_length": (.notConverted, "an answer of any length will do"),
    "max_reply_length": (.notConverted, "an answer of any length will do"),
  ]

  static let ofFiles: Table = [
    "vrrp_sync_group": (.notConverted, "there is no master and no backup: no VRRP is needed for clusters"),
    "vrrp_script": (.notConverted, "there is no VRRP; probes watch members"),
    "vrrp_track_process": (.notConverted, "there is no VRRP; probes watch members"),
    "vrrp_track_file": (.notConverted, "there is no VRRP; probes watch members"),
    "track_file": (.notConverted, "there is no VRRP; probes watch members"),
    "static_ipaddress": (.notConverted, "addresses of the host are the host's affair"),
    "static_routes": (.notConverted, "routes of the host are the host's affair: the switch does not route"),
    "static_rules": (.notConverted, "rules of the host are the host's affair: the switch does not route"),
    "static_track_group": (.notConverted, "there is no VRRP"),
    "garp_group": (.notConverted, "the switch announces its addresses itself"),
    "linkbeat_interfaces": (.notConverted, "the switch follows its ports' links itself"),
    "linkbeat_use_polling": (.notConverted, "the switch follows its ports' links itself"),
    "bfd_instance": (.notConverted, "there is no BFD: probes can be as quick as 10ms"),
    "SSL": (.notConverted, "a probe of kind https has tls-ca; client certificates are not part of it"),
    "net_namespace": (.notConverted, "run flowswitch in the namespace: ip netns exec NAME flowswitch run …"),
    "net_namespace_ipvs": (.notConverted, "there is no IPVS"),
    "namespace_with_ipsets": (.notConverted, notNeeded),
    "instance": (.notConverted, "switch.name tells switches of one machine apart"),
    "use_pid_dir": (.notConverted, notNeeded),
    "child_wait_time": (.notConverted, notNeeded),
    "interface_up_down_delays": (.notConverted, "the switch follows its ports' links itself"),
  ]
}
