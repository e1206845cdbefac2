public import SwitchModel

/// The tables of `flowswitch show`.
public enum Tables {
  public static let ports = Table<PortRow>([
    .text("PORT") { $0.name },
    .text("ROLE") { $0.role.rawValue },
    .state("LINK") { $0.link },
    Column("SPEED", .right) { row, _ in Cell(row.speed_mbps.map { "\($0)Mb/s" }) },
    .text("MODE") { $0.mode },
    .counter("RX-PACKETS") { $0.rx_packets },
    .counter("RX-BYTES") { $0.rx_bytes },
    .counter("RX-DROPPED") { $0.rx_dropped },
    .counter("TX-PACKETS") { $0.tx_packets },
    .counter("TX-BYTES") { $0.tx_bytes },
    .counter("TX-DROPPED") { $0.tx_dropped },
    .number("STATIONS") { $0.stations },
  ])

  public static let clusters = Table<ClusterRow>([
    .text("CLUSTER") { $0.name },
    .text("KIND") { $0.kind },
    .text("ADDRESS") { $0.address },
    .text("VIRTUAL-MAC") { $0.virtual_mac },
    .text("MODE") { $0.mode.rawValue },
    .state("STATE") { $0.state },
    Column("MEMBERS", .right) { row, _ in
      Cell(
        "\(row.members_operational)/\(row.members_total)",
        row.members_operational == row.members_total ? .plain : .warning)
    },
    .number("BUCKETS") { $0.buckets },
    .counter("PACKETS") { $0.packets },
    .counter("BYTES") { $0.bytes },
  ])

  public static let members = Table<MemberRow>([
    .text("CLUSTER") { $0.cluster },
    .text("MEMBER") { $0.name },
    .text("PORT") { $0.port },
    .text("MAC") { $0.mac },
    .text("ADDRESS") { $0.address },
    .number("WEIGHT") { $0.weight },
    .state("ADMIN") { $0.admin_state },
    .state("STATE") { $0.state },
    .number("BUCKETS") { $0.buckets },
    .counter("PACKETS") { $0.packets },
    .counter("BYTES") { $0.bytes },
    .counter("PACKETS/S") { $0.packets_per_second },
    .counter("BYTES/S") { $0.bytes_per_second },
    .counter("NEW-FLOWS/S") { $0.new_flows_per_second },
    .counter("LEAVING/S") { $0.leaving_packets_per_second },
    .text("LAST-CHANGE") { $0.last_change },
  ])

  public static let buckets = Table<BucketRow>([
    .text("CLUSTER") { $0.cluster },
    .number("BUCKET") { $0.index },
    .text("MEMBER") { $0.member },
    .text("PREVIOUS") { $0.previous },
    .state("STATE") { $0.state },
    .counter("PACKETS") { $0.packets },
  ])

  public static let flows = Table<FlowRow>([
    .text("PROTOCOL") { $0.protocol },
    .text("SOURCE") { $0.source },
    .text("DESTINATION") { $0.destination },
    .text("CLUSTER") { $0.cluster },
    .text("MEMBER") { $0.member },
    .counter("PACKETS") { $0.packets },
    .counter("BYTES") { $0.bytes },
    .text("ENTRY") { $0.entry ? "yes" : "no" },
  ])

  public static let stations = Table<StationRow>([
    .text("MAC") { $0.mac },
    Column("VLAN", .right) { row, _ in Cell(row.vlan == 0 ? nil : row.vlan) },
    .text("PORT") { $0.port },
    .text("KIND") { $0.kind },
    .number("AGE-SECONDS") { $0.age_seconds },
  ])

  public static let arp = Table<ARPRow>([
    .text("ADDRESS") { $0.address },
    Column("VLAN", .right) { row, _ in Cell(row.vlan == 0 ? nil : row.vlan) },
    .text("MAC") { $0.mac },
    .text("KIND") { $0.kind },
    .text("OWNER") { $0.owner },
    .state("STATE") { $0.state },
    .number("AGE-SECONDS") { $0.age_seconds },
  ])

  public static let drops = Table<DropRow>([
    .text("REASON") { $0.reason },
    .text("PORT") { $0.port },
    .counter("PACKETS") { $0.packets },
  ])

  /// One object: a line a value.
  public static func text(of version: VersionRow) -> String {
    let lines = [
      ("switch", version.name), ("version", version.version), ("pid", "\(version.pid)"),
      ("datapath", version.datapath), ("reason", version.datapath_reason), ("kernel", version.kernel),
      ("started", version.started_at), ("adopted", version.adopted ? "yes" : "no"),
    ]
    return lines.map { name, value in
      "\(name):\(String(repeating: " ", count: 10 - name.count))\(Cell(value).safeText)\n"
    }.joined()
  }
}
