package com.pygmy.wire;

import com.pygmy.wire.Message.CacheState;
import com.pygmy.wire.Message.FrontendState;
import com.pygmy.wire.Message.Latency;
import com.pygmy.wire.Message.LeadingState;

/** The figures of a heartbeat as bytes: a part of {@link MessageCodec}. */
final class FiguresCodec {

  private FiguresCodec() {}

  static void writeCache(ByteWriter out, CacheState c) {
    out.bool(c.leased()).number(c.localHits()).number(c.sharedHits()).number(c.misses());
    out.number(c.suspendedReads()).number(c.leaseLosses());
  }

  static CacheState readCache(ByteReader in) {
    return new CacheState(
        in.bool(), in.number(), in.number(), in.number(), in.number(), in.number());
  }

  static void writeFrontend(ByteWriter out, FrontendState f) {
    out.number(f.reads()).number(f.buys()).number(f.refusals()).number(f.problems());
    out.number(f.inFlight());
    writeLatency(out, f.readLatency());
    writeLatency(out, f.buyLatency());
  }

  static FrontendState readFrontend(ByteReader in) {
    return new FrontendState(
        in.number(),
        in.number(),
        in.number(),
        in.number(),
        in.number(),
        readLatency(in),
        readLatency(in));
  }

  static void writeLeading(ByteWriter out, LeadingState l) {
    out.number(l.holders()).number(l.openWrites());
  }

  static LeadingState readLeading(ByteReader in) {
    return new LeadingState(in.integer(), in.integer());
  }

  private static void writeLatency(ByteWriter out, Latency l) {
    out.number(l.p50Micros()).number(l.p99Micros());
  }

  private static Latency readLatency(ByteReader in) {
    return new Latency(in.number(), in.number());
  }
}
