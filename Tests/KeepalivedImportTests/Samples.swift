/// Files as they are found on directors.
enum Samples {
  /// Direct routing with VRRP around it, HTTP and HTTPS checks, a sorry server on the director itself.
  static let directRouting = """
    ! Configuration File for keepalived

    global_defs {
       notification_email {
         ops@example.net
       }
       notification_email_from lvs@example.net
       smtp_server 127.0.0.1
       router_id LVS_MAIN
       vrrp_skip_check_adv_addr
    }

    vrrp_instance VI_1 {
        state MASTER
        interface eth0
        virtual_router_id 51
        priority 150
        authentication {
            auth_type PASS
            auth_pass 1111
        }
        virtual_ipaddress {
            10.50.0.100/24 dev eth0
            10.50.0.1/24
        }
    }

    virtual_server 10.50.0.100 80 {
        delay_loop 6
        lb_algo wrr
        lb_kind DR
        persistence_timeout 50
        protocol TCP
        virtualhost www.example.net

        sorry_server 10.50.0.99 80

        real_server 10.50.0.11 80 {
            weight 3
            inhibit_on_failure
            HTTP_GET {
                url {
                  path /health?full=1
                  status_code 200
                }
                connect_timeout 3
                nb_get_retry 3
                delay_before_retry 3
            }
        }
        real_server 10.50.0.12 80 {
            weight 1
            HTTP_GET {
                url {
                  path /health?full=1
                  status_code 200
                }
                connect_timeout 3
                nb_get_retry 3
                delay_before_retry 3
            }
        }
    }

    virtual_server 10.50.0.100 443 {
        delay_loop 6
        lvs_sched sh
        lvs_method DR
        sorry_server 127.0.0.1 443
        real_server 10.50.0.11 443 {
            SSL_GET {
                enable_sni
                url { path / }   # one line
                connect_timeout 4
            }
        }
        real_server 10.50.0.12 443 {
            TCP_CHECK { connect_timeout 4 }
        }
    }
    """

  /// Definitions, a group with ranges, UDP, IPv6, DNS, MISC, quotes and escapes.
  static let definitions = """
    $NET=10.60.0
    $CHECK= \\
        TCP_CHECK { \\
            connect_timeout 2 \\
            retry 2 \\
            delay_before_retry 1 \\
        }
    $RS= \\
        real_server ${NET}.$N 25 { \\
            weight 1 \\
            $CHECK \\
        }
    virtual_server_group mail {
        10.60.1.1-3 25   # a range
        10.60.1.9 587
        10.60.1.1 465
        10.60.1.16/30 25
        fwmark 7
    }
    virtual_server group mail {
        delay_loop 10
        lb_algo wlc
        lb_kind DR
        $N=11
        $RS
        $N=12
        $RS
    }
    virtual_server 10.60.1.53 53 {
        delay_loop 2.5
        protocol UDP
        lb_algo rr
        lb_kind DR
        ops
        real_server 10.60.0.21 53 { weight 1
            DNS_CHECK { type A
              name "www.example.net" } }
        real_server 10.60.0.22 53
        {
            weight 1
            DNS_CHECK
            {
                type A
                name "www.example.net"
            }
        }
    }
    virtual_server fd60::80 80 {
        lb_algo mh
        mh-port
        lb_kind DR
        real_server fd60::11 80 {
            snmp_name left
            MISC_CHECK {
                misc_path "/usr/local/bin/check 'two words' \\"quoted\\" fd60::11"
                misc_timeout 4
                misc_dynamic
            }
        }
        real_server fd60::12 80 {
            snmp_name "right hand"
        }
    }
    virtual_server fwmark 12 {
        lb_algo dh
        real_server 10.60.0.31 0 { PING_CHECK { } }
    }
    """

  /// NAT with other ports, failover, weight 0, and what cannot stand.
  static let translation = """
    virtual_server 192.0.2.10 80 {
      lb_algo fo
      lb_kind NAT
      persistence_timeout
      real_server 192.168.1.11 8080 {
        weight 1
        UDP_CHECK { payload 6162 63
          require_reply 64 }
      }
      real_server 192.168.1.12 8080 { weight 10 }
      real_server 192.168.1.12 8081 { weight 5 }
      real_server 192.168.1.13 80 { weight 0 }
      real_server 192.0.2.11 80 { weight 1 }
      sorry_server 192.168.1.99
    }
    virtual_server 192.0.2.11 0 {
      lb_algo lc
      lb_kind TUN
      persistence_timeout 172800
      protocol SCTP
      real_server 192.168.1.21 0 { SMTP_CHECK { helo_name x } }
      real_server fd00::1 80 { }
    }
    virtual_server 192.0.2.10 80 { real_server 192.168.1.11 80 { } }
    virtual_server 192.0.2.12 80 { real_server 192.0.2.10 80 { } }
    """

  static let all = [directRouting, definitions, translation]
}
