/// What a contender asks of its test network.
struct BedShape {
  /// The MAC that clients send to.
  var target: MAC
  /// Hosts compute checksums and send no large packets: what leaves them goes through XDP or packet sockets, which
  /// cannot do it later.
  var needsChecksums: Bool
  /// For TCP, the ports merge no segments.
  var needsSegments = false
  /// It switches where frames arrive, on each processor; otherwise in threads or a process of its own.
  var isInKernel = true
}
