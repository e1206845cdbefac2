import CFlood
import Glibc

/// Counts and drops a flood where it arrives at a server, so that the server's own work is no part of what is tried.
final class FloodSink {
  private var map: Int32 = -1

  init(_ site: Site, host: String) throws {
    let code = try inNamespace("\(site.name)-\(host)") {
      cf_attach_sink(if_nametoindex("eth0"), Flood.firstSource, 0xff00_0000, 0x2001_0db8, &map)
    }
    if code < 0 { throw SiteFailure("the sink at \(host): \(String(cString: strerror(-code)))") }
  }

  deinit { if map >= 0 { close(map) } }

  var frames: UInt64 {
    var value: UInt64 = 0
    return cf_read_sink(map, &value) == 0 ? value : 0
  }
}
