// Rows whose values may be missing: a synthesised `encode` leaves the key out, but scripts rely on every key of the
// contract, so it is there with `null`. Decoding stays synthesised and takes both.

extension PortRow {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RowKey.self)
    try container.encode(name, forKey: "name")
    try container.encode(role, forKey: "role")
    try container.encode(link, forKey: "link")
    try container.encode(speed_mbps, forKey: "speed_mbps")
    try container.encode(mode, forKey: "mode")
    try container.encode(rx_packets, forKey: "rx_packets")
    try container.encode(tx_packets, forKey: "tx_packets")
    try container.encode(rx_bytes, forKey: "rx_bytes")
    try container.encode(tx_bytes, forKey: "tx_bytes")
    try container.encode(rx_dropped, forKey: "rx_dropped")
    try container.encode(tx_dropped, forKey: "tx_dropped")
    try container.encode(stations, forKey: "stations")
  }
}

extension MemberRow {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RowKey.self)
    try container.encode(cluster, forKey: "cluster")
    try container.encode(name, forKey: "name")
    try container.encode(port, forKey: "port")
    try container.encode(mac, forKey: "mac")
    try container.encode(address, forKey: "address")
    try container.encode(weight, forKey: "weight")
    try container.encode(admin_state, forKey: "admin_state")
    try container.encode(state, forKey: "state")
    try container.encode(buckets, forKey: "buckets")
    try container.encode(packets, forKey: "packets")
    try container.encode(bytes, forKey: "bytes")
    try container.encode(packets_per_second, forKey: "packets_per_second")
    try container.encode(bytes_per_second, forKey: "bytes_per_second")
    try container.encode(new_flows_per_second, forKey: "new_flows_per_second")
    try container.encode(leaving_packets_per_second, forKey: "leaving_packets_per_second")
    try container.encode(last_change, forKey: "last_change")
  }
}

extension BucketRow {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RowKey.self)
    try container.encode(cluster, forKey: "cluster")
    try container.encode(index, forKey: "index")
    try container.encode(member, forKey: "member")
    try container.encode(previous, forKey: "previous")
    try container.encode(state, forKey: "state")
    try container.encode(packets, forKey: "packets")
  }
}

extension ARPRow {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RowKey.self)
    try container.encode(address, forKey: "address")
    try container.encode(vlan, forKey: "vlan")
    try container.encode(mac, forKey: "mac")
    try container.encode(kind, forKey: "kind")
    try container.encode(owner, forKey: "owner")
    try container.encode(state, forKey: "state")
    try container.encode(age_seconds, forKey: "age_seconds")
  }
}

extension Diagnostic {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RowKey.self)
    try container.encode(severity, forKey: "severity")
    try container.encode(file, forKey: "file")
    try container.encode(line, forKey: "line")
    try container.encode(column, forKey: "column")
    try container.encode(path, forKey: "path")
    try container.encode(message, forKey: "message")
    try container.encode(expected, forKey: "expected")
  }
}

extension RouterRow {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RowKey.self)
    try container.encode(pool, forKey: "pool")
    try container.encode(name, forKey: "name")
    try container.encode(address, forKey: "address")
    try container.encode(mac, forKey: "mac")
    try container.encode(port, forKey: "port")
    try container.encode(weight, forKey: "weight")
    try container.encode(admin_state, forKey: "admin_state")
    try container.encode(state, forKey: "state")
    try container.encode(servers, forKey: "servers")
    try container.encode(buckets, forKey: "buckets")
    try container.encode(packets, forKey: "packets")
    try container.encode(bytes, forKey: "bytes")
    try container.encode(packets_per_second, forKey: "packets_per_second")
    try container.encode(bytes_per_second, forKey: "bytes_per_second")
    try container.encode(last_change, forKey: "last_change")
  }
}

extension ProbeRow {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RowKey.self)
    try container.encode(targets, forKey: "targets")
    try container.encode(target, forKey: "target")
    try container.encode(kind, forKey: "kind")
    try container.encode(state, forKey: "state")
    try container.encode(last_result, forKey: "last_result")
    try container.encode(latency_ms, forKey: "latency_ms")
    try container.encode(successes, forKey: "successes")
    try container.encode(failures, forKey: "failures")
    try container.encode(changed_at, forKey: "changed_at")
  }
}

extension Explanation {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RowKey.self)
    try container.encode(direction, forKey: "direction")
    try container.encode(steps, forKey: "steps")
    try container.encode(verdict, forKey: "verdict")
    try container.encode(reason, forKey: "reason")
    try container.encode(port, forKey: "port")
    try container.encode(destination_mac, forKey: "destination_mac")
    try container.encode(cluster, forKey: "cluster")
    try container.encode(member, forKey: "member")
  }
}
