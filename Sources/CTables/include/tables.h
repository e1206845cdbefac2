// The tables that control writes and the datapath reads: one definition, compiled into the daemon (as a Clang
// module), into the eBPF program (through KernelDatapath/Kernel) and checked below.
//
// Addresses and MACs stand as they are on the wire, loaded as little-endian words: the first byte of a MAC is
// the lowest byte of the word; an IPv4 address is the lower half of `lo`. Words that another CPU may read while
// they are written are single, naturally aligned 64-bit words, and each is complete in itself.
#ifndef FLOWSWITCH_TABLES_H
#define FLOWSWITCH_TABLES_H

typedef unsigned char fs_u8;
typedef unsigned short fs_u16;
typedef unsigned int fs_u32;
typedef unsigned long long fs_u64;

#define FS_ABI 4u              // raised when a layout or a meaning below changes: another ABI is not adopted
#define FS_PORTS 512u          // port indexes, a power of two; 0...500 are ports, the rest stays unused
#define FS_IFINDEXES 65536u    // interface indexes that can be ports
#define FS_REASONS 64u         // drop and punt reasons
#define FS_STATION_SETS 8192u  // sets of 8 stations; exactly so many, as the tag holds the rest of the key
#define FS_FRAGMENT_SETS 2048u // sets of 8 fragmented datagrams
#define FS_SUBNETS 64u         // clusters whose address is a subnet
#define FS_ROUTERS 256u        // routers of pools

// One record. Written by control every 100 ms (the clock) and when a snapshot is applied.
struct fs_switch {
  fs_u32 fine;    // time in 100 ms, from an arbitrary start
  fs_u32 coarse;  // time in 3.2 s, modulo 255 (0...254)
  fs_u64 seed;    // secret of the flow and fragment tags
  fs_u32 subnets; // records used in fs_subnets
  fs_u32 punts;   // punts a port and CPU may make in 100 ms
  fs_u64 mac_base;    // virtual MAC of cluster 0 as a number (first byte on the wire is the highest)
  fs_u32 mac_count;   // virtual MACs in use: cluster i has mac_base + i
  fs_u32 hash_seed;   // of the hashes that pick buckets
  fs_u64 spare[3];
};

#define FS_PORT_UP 1u      // may send
#define FS_PORT_MEMBERS 2u // members of clusters are behind it: shared addresses are isolated
#define FS_PORT_OWN 4u     // the switch's own interface
#define FS_PORT_SERVERS 8u // servers that use pools of routers are behind it

// What `fs_port.note` says: the member (18 bits, 0: none), whether the flow or datagram had an entry, the VLAN that the
// frame came on, and the cluster's index + 1.
#define FS_NOTE_KNOWN 0x40000u
#define FS_NOTE_VLAN_SHIFT 20u // 12 bits
#define FS_NOTE_CLUSTER_SHIFT 32u

// One record a CPU and port: [cpu * FS_PORTS + port]. What most frames need is in its first 64 bytes.
struct fs_port {
  fs_u32 flags;       // FS_PORT_*
  fs_u32 max_frame;   // longest frame that may leave, bytes from the destination MAC to the end of the payload
  fs_u32 ifindex;
  fs_u32 spare;
  fs_u64 last_source; // by the datapath: MAC | VLAN << 48 | 1 << 63 of the last frame that came in; 0: none
  fs_u64 rx_packets, rx_bytes;
  fs_u64 tx_packets, tx_bytes;       // sent to this port alone
  fs_u64 note; // by the datapath, of the last frame, if it was for a cluster: FS_NOTE_*; else 0
  fs_u64 flood_packets, flood_bytes; // came in here and went to every other port
  fs_u32 punt_fine, punt_count;
  fs_u64 scratch; // by the datapath: see Pipeline.forget
  fs_u64 source_key, source_member, source_bucket; // by the datapath, for one frame: see Pipeline+Sources.swift
  fs_u64 spares[1];
};

#define FS_CLUSTER_ACTIVE 1u
#define FS_CLUSTER_IPV6 2u
#define FS_CLUSTER_SERVICES 4u // only what the service sets name is steered
#define FS_CLUSTER_POOL 8u     // its members are routers: takes any destination address (the mask is 0)
#define FS_HASH_SHIFT 4u       // two bits of `flags`: FS_HASH_*
#define FS_HASH_FLOW 0u        // source, destination, protocol, ports
#define FS_HASH_SOURCE 1u
#define FS_HASH_DESTINATION 2u
#define FS_HASH_SERVER 3u        // source MAC: all that a server sends goes to one router
#define FS_CLUSTER_STICKY 64u    // what comes from one source goes to one member, see SourceTable

// One record a cluster. Its index is what its virtual MAC carries.
struct fs_cluster {
  fs_u64 address_hi, address_lo; // the network, masked
  fs_u64 mask_hi, mask_lo;
  fs_u32 flags;
  fs_u32 vlan; // VLAN identifier on which the address lives, 0: untagged
  fs_u32 first_bucket, bucket_mask;
  fs_u32 first_service, service_mask; // service sets
  fs_u32 spare;
  fs_u32 sticky; // how long a source is remembered after it was last seen, in 6.4 s
};

// Sets of four services: protocol << 48 | port << 32 | cluster + 1 (port as on the wire, 0 without ports).
struct fs_services {
  fs_u64 a, b, c, d;
};

// One word a bucket: current member (18 bits), previous member (18), state (FS_BUCKET_*), and the member that took new
// flows in this transition and takes none any more (18, from FS_BUCKET_WITHDRAWN_SHIFT; 0: none). See
// Pipeline+Transition.swift.
#define FS_MEMBER_BITS 18u
#define FS_MEMBER_MASK 0x3ffffu             // member 0 is no member
#define FS_BUCKET_TRANSIT 0x1000000000ull   // bit 36: the previous member may still hold flows
#define FS_BUCKET_OBSERVE 0x2000000000ull   // bit 37: and flows without a beginning still go there, and are entered
#define FS_BUCKET_WITHDRAWN_SHIFT 38u
#define FS_BUCKET_OBSERVE_WITHDRAWN 0x100000000000000ull // bit 56: these go to the withdrawn member, not the previous
struct fs_bucket {
  fs_u64 assignment;
};

// One record a CPU and bucket.
struct fs_bucket_counter {
  fs_u64 packets, bytes;
};

// One word a bucket: the fine time at which the previous path was last taken.
struct fs_transit {
  fs_u32 previous_fine;
  fs_u32 spare;
};

#define FS_LINK_PORT_SHIFT 48u               // MAC in bits 0...47, port in 48...56
#define FS_LINK_VALID 0x200000000000000ull   // bit 57

#define FS_MEMBER_STOPPED 1u // sources that stick to it are no longer sent there

// One record a CPU and member: [cpu * members + member]. `link` may change at any time; a member that moves to
// another VLAN or cluster gets a new index, so that no reader mixes the two.
struct fs_member {
  fs_u64 link;
  fs_u32 vlan; // VLAN identifier on which the member is, 0: untagged
  fs_u32 cluster;
  fs_u64 packets, bytes;
  fs_u64 new_flows;
  fs_u64 leaving_packets; // taken by the previous path of a bucket in transit
  fs_u64 unentered;       // flows of a transition that found no room in the flow table
  fs_u32 flags;           // FS_MEMBER_*
  fs_u32 spare;
};

// A station whose port has this value is a router of a pool: where others have "last seen" stands its number. What is below
// it are ports; FS_PORTS - 1 has no place in a station's word, which holds the port + 1.
#define FS_STATION_ROUTER 501u

#define FS_ROUTER_DEAD 1u // its router advertisements are dropped

// One record a CPU and router of a pool: [cpu * FS_ROUTERS + router]. Frames for the router's MAC come here.
struct fs_router {
  fs_u64 link;   // as a member's; the MAC is the router's own
  fs_u32 steer4; // index + 1 of the pool whose buckets take the servers' IPv4 frames instead; 0: the router itself
  fs_u32 steer6; // the same for IPv6
  fs_u32 flags;  // FS_ROUTER_*
  fs_u32 spare;
  fs_u64 packets, bytes; // to the router itself
  fs_u64 spares[3];
};

// Sets of eight words; see StationTable, FlowTable and SourceTable for the fields of a word.
struct fs_set {
  fs_u64 a, b, c, d, e, f, g, h;
};

#define FS_ANSWER_VALID 1ull
#define FS_ANSWER_IPV6 2ull
#define FS_ANSWER_VIRTUAL 4ull // a cluster's address: answered to everyone; else a neighbour's, answered to members
                               // that ask with a shared address
#define FS_ANSWER_ROUTER 8ull  // a neighbour that is an IPv6 router (RFC 4861 §4.4, R flag)
#define FS_ANSWER_POOL 16ull   // a pool's router: servers are answered the MAC of the router that has their bucket;
                               // `mac` holds the pool's cluster index
#define FS_ANSWER_VLAN_SHIFT 16u

// An address and the MAC that is answered for it. Control clears `meta` first and fills it last, and leaves a
// cleared record alone for a second before it reuses it.
struct fs_answer {
  fs_u64 address_hi, address_lo;
  fs_u64 mac; // as on the wire, bits 0...47
  fs_u64 meta;
};
struct fs_answers {
  struct fs_answer a, b, c, d;
};

// A cluster whose address is a subnet.
struct fs_subnet {
  fs_u64 address_hi, address_lo, mask_hi, mask_lo;
  fs_u64 mac, meta;
  fs_u64 spare[2];
};

struct fs_counter {
  fs_u64 packets;
};

// A port's value in fs_ifindexes: port + 1, and whether its frames are shown to control. At index 0, which is no
// interface's: how many port numbers there are to go through when the program itself floods (tc).
#define FS_IFINDEX_PORT 0xffffu
#define FS_IFINDEX_TAP 0x10000u
#define FS_IFINDEX_CAPTURE 0x20000u // its frames are captured, before and after
#define FS_IFINDEX_SNAP_SHIFT 18u   // and so much of each, in 8 bytes

#define FS_TAP_DROP 0u
#define FS_TAP_PUNT 1u
#define FS_TAP_FORWARD 2u
#define FS_TAP_FLOOD 3u
#define FS_TAP_REPLY 4u
#define FS_TAP_BYTES 128u

// Added to an action: the frame has a tag that is not among the bytes that follow, whose control information stands in
// the upper 16 bits of `destination`.
#define FS_TAP_TAG 0x200u
#define FS_TAP_SERVICE_TAG 0x400u // and it is an 802.1ad one

#define FS_PUNT_BYTES 2048u // of a frame that is given to control by a ring

// What the tap says of a frame; the first FS_TAP_BYTES of it follow, as they leave.
struct fs_tap_event {
  fs_u64 destination; // MAC that the frame came with
  fs_u32 length;      // bytes of the frame that came
  fs_u32 port;        // it came in on
  fs_u32 out;         // it leaves by, for FS_TAP_FORWARD
  fs_u32 action;      // FS_TAP_* in the lower half, the reason in the upper
};

// What a capture says of a frame; as much of it follows as is asked, as it leaves. What it was before follows from that,
// from the MAC it came with and from the note's VLAN, but for an answer.
#define FS_TAP_CAPTURE 0x100u  // added to the action
#define FS_CAPTURE_BYTES 65400u // a perf record has 65535 bytes at the most, with its headers
#define FS_CAPTURE_LOST 63u    // where records that found no room are counted: a number that is no reason's
struct fs_capture_event {
  fs_u64 time; // CLOCK_MONOTONIC, ns
  fs_u32 length, port, out, action;
  fs_u64 note; // FS_NOTE_*
  fs_u64 destination; // MAC that the frame came with
};

// Sizes that are fixed when the program is loaded.
struct fs_dimensions {
  fs_u32 abi;          // FS_ABI
  fs_u32 member_shift; // members of a CPU: 1 << member_shift
  fs_u32 bucket_shift; // buckets: 1 << bucket_shift
  fs_u32 flow_mask;    // sets of flows - 1
  fs_u32 answer_mask;  // sets of answers - 1
  fs_u32 cpus;         // copies of what is kept for each CPU
  fs_u32 source_mask;  // sets of sources - 1
  fs_u32 ports, clusters, service_sets, buckets, bucket_counters, members; // records in their tables
};

#define FS_SIZE(type, bytes) _Static_assert(sizeof(struct type) == bytes, #type)
FS_SIZE(fs_switch, 64);
FS_SIZE(fs_port, 128);
FS_SIZE(fs_cluster, 64);
FS_SIZE(fs_services, 32);
FS_SIZE(fs_bucket, 8);
FS_SIZE(fs_bucket_counter, 16);
FS_SIZE(fs_transit, 8);
FS_SIZE(fs_member, 64);
FS_SIZE(fs_router, 64);
FS_SIZE(fs_set, 64);
FS_SIZE(fs_answer, 32);
FS_SIZE(fs_answers, 128);
FS_SIZE(fs_subnet, 64);
FS_SIZE(fs_counter, 8);
FS_SIZE(fs_tap_event, 24);
FS_SIZE(fs_capture_event, 40);
#undef FS_SIZE

#endif
