/// A certificate for `switch.example` and 127.0.0.1, valid for a hundred years, and who signed it. For tests only.
public enum TestPKI {
  public static let authority = """
    -----BEGIN CERTIFICATE-----
    MIIBnzCCAUWgAwIBAgIUaJrsaX0xeDth5Vy3iUTJ2RQcGGMwCgYIKoZIzj0EAwIw
    JDEiMCAGA1UEAwwZRmxvd1N3aXRjaCB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjEx
    NjQxNDJaGA8yMTI2MTAyODE2NDE0MlowJDEiMCAGA1UEAwwZRmxvd1N3aXRjaCB0
    ZXN0IGF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOCtjHgpvCx/
    6d5NWhY1xyg89MGkDctPvi3wH7z1JpVAhzQSTVt3gmi3h1JL8xfJu/WSI2f4iTee
    Ybcg7Z6gKpajUzBRMB0GA1UdDgQWBBQ4ji6JRue6UKEWmNh4wwRNqs96bjAfBgNV
    HSMEGDAWgBQ4ji6JRue6UKEWmNh4wwRNqs96bjAPBgNVHRMBAf8EBTADAQH/MAoG
    CCqGSM49BAMCA0gAMEUCIDW5xhrT9Yq10FVlSmIVNV/HiMFF4Z6GCIKleV70/kx7
    AiEA9JTDBUskW/M0LbDefirWn5Zjq1PqQnyxzJlI2F6BG8A=
    -----END CERTIFICATE-----
    """

  public static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBsDCCAVWgAwIBAgIULdVEEUCAsVNS6nkfBDRud+2ksSowCgYIKoZIzj0EAwIw
    JDEiMCAGA1UEAwwZRmxvd1N3aXRjaCB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjEx
    NjQxNDJaGA8yMTI2MTAyODE2NDE0MlowGTEXMBUGA1UEAwwOc3dpdGNoLmV4YW1w
    bGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARUNCAH0Hr9NCYwTNMtr7rfqwQx
    tkFJh8Tep7ZYVkdjr3I58IBWWJKQ3rsY1UZ5Vr1LzD5/5sk6hiMgvrX60/Qno24w
    bDAfBgNVHREEGDAWgg5zd2l0Y2guZXhhbXBsZYcEfwAAATAJBgNVHRMEAjAAMB0G
    A1UdDgQWBBRIxegwTwogBflJMRWM+/8D8VnS+TAfBgNVHSMEGDAWgBQ4ji6JRue6
    UKEWmNh4wwRNqs96bjAKBggqhkjOPQQDAgNJADBGAiEAkLw880Fw5jgo9FtZZvCH
    hc2eEDii/TmpZyvgQ0gDWP4CIQCbZkmoEVwW9CVuZ5T4IgfBk76vFM9payDEW84X
    RNS9Pw==
    -----END CERTIFICATE-----
    """

  public static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3W0KDYmincOhkKfV
    5MCPTqmYh/fFybBorRcqTokPil+hRANCAARUNCAH0Hr9NCYwTNMtr7rfqwQxtkFJ
    h8Tep7ZYVkdjr3I58IBWWJKQ3rsY1UZ5Vr1LzD5/5sk6hiMgvrX60/Qn
    -----END PRIVATE KEY-----
    """

  /// Of `otherCertificate`.
  public static let otherKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgw9DvQ5htS5O/hkp5
    I0Meb8yTJGvtqEtB4ftxRSYDr2ihRANCAARN7PKneij5S96o+WfEOTeu/nJGvSFc
    lF/MRmBVnh8aCuoBM9bUssHerhhI30Mo2f+baH1BkePw0XUz3GQbsWNi
    -----END PRIVATE KEY-----
    """

  /// Of `otherKey`, for the same names, signed by itself, valid until 2120-01-01.
  public static let otherCertificate = """
    -----BEGIN CERTIFICATE-----
    MIIBhzCCASygAwIBAgIBATAKBggqhkjOPQQDAjAhMR8wHQYDVQQDDBZzd2l0Y2gu
    ZXhhbXBsZSByZW5ld2VkMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAw
    WjAhMR8wHQYDVQQDDBZzd2l0Y2guZXhhbXBsZSByZW5ld2VkMFkwEwYHKoZIzj0C
    AQYIKoZIzj0DAQcDQgAETezyp3oo+UveqPlnxDk3rv5yRr0hXJRfzEZgVZ4fGgrq
    ATPW1LLB3q4YSN9DKNn/m2h9QZHj8NF1M9xkG7FjYqNTMFEwDwYDVR0TAQH/BAUw
    AwEB/zAfBgNVHREEGDAWgg5zd2l0Y2guZXhhbXBsZYcEfwAAATAdBgNVHQ4EFgQU
    /0Nwoh6PYBwbhCXXaiz6UaMkhMEwCgYIKoZIzj0EAwIDSQAwRgIhAPw13RQk3GNk
    1tqwB7jGfKIdma93Cjq0Taukz/nAFEf4AiEApA95z1uVpXThEj6ezCuW6ljvNfhh
    surw334Z+QBZg08=
    -----END CERTIFICATE-----
    """
}
