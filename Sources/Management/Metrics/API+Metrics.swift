extension API {
  /// `GET /metrics`: looked at once, written family by family.
  func metrics(_ accept: String?) async -> APIResponse {
    let format = MetricsText.Format(accept: accept)
    let snapshot = await MetricsSnapshot(operations, streams: feed.count)
    var response = APIResponse(
      .pages { write in
        var text = MetricsText(format)
        for family in MetricFamily.all {
          text.head(of: family)
          for sample in snapshot.samples(of: family) {
            text.sample(family, sample.labels, sample.value)
            if text.bytes.count > 1 << 16 { try await write(text.take()) }
          }
        }
        text.end()
        try await write(text.take())
      })
    response.contentType = format.contentType
    return response
  }
}
