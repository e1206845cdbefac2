// What the switch said last, what it said before, and what is different: rates of counters, states that changed,
// buckets that moved.

import { memberLook, clusterLook, portLook } from "./states.js";

/** Seconds of history. */
export const HISTORY = 120;
/** Milliseconds over which the rates of counters are taken: what comes early or late does not show as a burst. */
const WINDOW = 2500;
const SHORTEST = 700;
const COUNTERS = ["rx_packets", "tx_packets", "rx_bytes", "tx_bytes", "rx_dropped", "tx_dropped"];

/** A key out of names that may hold anything. */
export const keyOf = (...names) => JSON.stringify(names);

class Item {
  constructor(kind, key) {
    this.kind = kind;
    this.key = key;
    this.rate = { packets: 0, bytes: 0 };
    this.history = [];
  }

  note(packets, bytes) {
    this.rate = { packets: Number(packets) || 0, bytes: Number(bytes) || 0 };
  }

  remember() {
    this.history.push(this.rate.packets);
    if (this.history.length > HISTORY) this.history.shift();
  }
}

const rows = (value) => (Array.isArray(value) ? value.filter((row) => row && typeof row === "object") : []);

export class Model {
  constructor() {
    this.ports = new Map();
    this.clusters = new Map();
    this.members = new Map();
    this.routers = new Map();
    this.pools = new Map();
    this.total = new Item("switch", "switch");
    this.dropped = 0;
    this.version = null;
    this.probes = [];
    this.drops = [];
    this.stations = [];
    this.isFirst = true;
    this.remembered = -Infinity;
  }

  /** Takes the rows of a second. Gives what changed: states, and buckets that moved. */
  apply(state, now = performance.now()) {
    const changes = [];
    this.take("port", this.ports, rows(state.ports), (row) => keyOf(row.name), portLook, changes);
    this.take("cluster", this.clusters, rows(state.clusters), (row) => keyOf(row.name), clusterLook, changes);
    this.take("member", this.members, rows(state.members), (row) => keyOf(row.cluster, row.name), memberLook, changes);
    this.take("router", this.routers, rows(state.routers), (row) => keyOf(row.pool, row.name), memberLook, changes);
    this.portRates(now);
    this.group();
    this.remember(now);
    const moves = this.isFirst ? [] : [
      ...this.moves(this.clusters, (item) => item.row.buckets),
      ...this.moves(this.pools, (item, pool) => (pool.isPerServer ? item.row.servers : item.row.buckets)),
    ];
    this.isFirst = false;
    return { changes, moves };
  }

  take(kind, known, given, key, look, changes) {
    const seen = new Set();
    for (const row of given) {
      const name = key(row);
      seen.add(name);
      let item = known.get(name);
      const isNew = !item;
      if (isNew) {
        item = new Item(kind, name);
        known.set(name, item);
      }
      item.before = item.row;
      item.row = row;
      item.moved = 0;
      const was = item.look;
      item.look = look(row);
      if (kind === "member" || kind === "router") item.note(row.packets_per_second, row.bytes_per_second);
      if (!this.isFirst && was !== item.look) changes.push({ item, from: was ?? null, to: item.look });
    }
    for (const name of known.keys()) if (!seen.has(name)) known.delete(name);
  }

  /** Ports have counters only. One that went back is of a switch begun anew: what was before does not count. */
  portRates(now) {
    let [packets, bytes, drops] = [0, 0, 0];
    for (const item of this.ports.values()) {
      const sample = { now, ...Object.fromEntries(COUNTERS.map((name) => [name, Number(item.row[name]) || 0])) };
      const last = item.samples?.at(-1);
      if (!last || COUNTERS.some((name) => sample[name] < last[name])) item.samples = [];
      item.samples.push(sample);
      while (item.samples.length > 2 && item.samples[1].now <= now - WINDOW) item.samples.shift();
      const [first] = item.samples;
      if (now - first.now >= SHORTEST) {
        item.per = Object.fromEntries(
          COUNTERS.map((name) => [name, ((sample[name] - first[name]) * 1000) / (now - first.now)]));
      } else if (item.samples.length === 1) {
        item.per = Object.fromEntries(COUNTERS.map((name) => [name, 0]));
      }
      const { per } = item;
      item.received = { packets: per.rx_packets, bytes: per.rx_bytes };
      item.sent = { packets: per.tx_packets, bytes: per.tx_bytes };
      item.dropped = per.rx_dropped + per.tx_dropped;
      item.note(per.rx_packets + per.tx_packets, per.rx_bytes + per.tx_bytes);
      packets += per.rx_packets;
      bytes += per.rx_bytes;
      drops += item.dropped;
    }
    this.dropped = drops;
    this.total.note(packets, bytes);
  }

  /** A value a second, whatever comes how often. Of the first second ports have no rate yet. */
  remember(now) {
    if (now - this.remembered < SHORTEST) return;
    this.remembered = now;
    for (const items of [this.members, this.routers, this.clusters]) for (const item of items.values()) item.remember();
    if (this.isFirst) return;
    for (const item of this.ports.values()) item.remember();
    this.total.remember();
  }

  group() {
    for (const cluster of this.clusters.values()) cluster.members = [];
    for (const member of this.members.values()) this.clusters.get(keyOf(member.row.cluster))?.members.push(member);
    for (const cluster of this.clusters.values()) {
      const sum = (name) => cluster.members.reduce((all, member) => all + (Number(member.row[name]) || 0), 0);
      cluster.note(sum("packets_per_second"), sum("bytes_per_second"));
      cluster.share = sum("buckets");
    }
    const pools = new Map();
    for (const router of this.routers.values()) {
      const key = keyOf(router.row.pool);
      if (!pools.has(key)) pools.set(key, { kind: "pool", key, name: router.row.pool, members: [] });
      pools.get(key).members.push(router);
    }
    for (const [key, pool] of pools) {
      pool.isPerServer = this.pools.get(key)?.isPerServer || pool.members.some((it) => it.row.servers > 0);
      for (const router of pool.members) router.isPerServer = pool.isPerServer;
    }
    this.pools = pools;
  }

  /** Who lost buckets to whom, as far as it can be told: losers and gainers of one cluster, pair by pair. */
  moves(groups, shareOf) {
    const all = [];
    for (const group of groups.values()) {
      const losers = [];
      const gainers = [];
      for (const item of group.members ?? []) {
        if (!item.before) continue;
        const delta = (Number(shareOf(item, group)) || 0) - (Number(shareOf({ row: item.before }, group)) || 0);
        if (delta < 0) losers.push({ item, left: -delta });
        if (delta > 0) gainers.push({ item, left: delta });
      }
      const lost = losers.reduce((sum, it) => sum + it.left, 0);
      for (const loser of losers) {
        for (const gainer of gainers) {
          // In proportion, not first come: each gainer is seen to gain.
          const amount = Math.round((gainer.left * loser.left) / Math.max(1, lost));
          if (amount > 0) all.push({ group, from: loser.item, to: gainer.item, buckets: amount });
        }
      }
      for (const { item, left } of losers) item.moved = -left;
      for (const { item, left } of gainers) item.moved = left;
    }
    return all;
  }

  probesOf(subject) {
    return this.probes.filter((row) => row.target === subject || (row.targets ?? []).includes(subject));
  }
}

/** As events name it: `cluster/member`, `pool/router`, a cluster, a port, the switch. */
export function subjectOf(item) {
  if (item.kind === "member") return `${item.row.cluster}/${item.row.name}`;
  if (item.kind === "router") return `${item.row.pool}/${item.row.name}`;
  return item.kind === "switch" ? item.name ?? "" : item.row.name;
}
