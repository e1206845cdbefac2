/// What is known of drivers with native XDP, from the kernel's sources (docs/datapath.md, Drivers): kernels before 6.3
/// do not tell, and later ones let drivers declare sending only while a program is attached.
enum XDPDriver: Equatable {
  /// Sends redirected frames, or does while a program is attached, as it is on every port.
  case sends
  case cannotSend
  /// No native XDP, or not known.
  case none

  /// - Parameter name: as `ethtool -i` gives it.
  init(name: String) {
    if Self.senders.contains(name) {
      self = .sends
    } else if Self.others.contains(name) {
      self = .cannotSend
    } else {
      self = .none
    }
  }

  private static let senders: Set<String> = [
    "mlx5_core", "fsl_dpa", "fsl_dpaa_eth", "fsl_dpaa2_eth", "fsl_enetc", "fsl_enetc_vf", "mvneta", "mvpp2",
    "netsec", "am65-cpsw-nuss", "cpsw", "sfc", "qede", "atlantic", "mtk_soc_eth", "i40e", "ice", "ixgbe",
    "ixgbevf", "igb", "igc", "bnxt_en", "ena", "stmmac", "st_gmac", "virtio_net", "veth", "gve", "mana",
    "hv_netvsc",
  ]
  private static let others: Set<String> = ["mlx4_en", "nfp", "nicvf", "thunder-nicvf"]
}
