// Explicit-state checker: the same model as Coherence.tla, action for action, for larger bounds. (It alone has option drift.)
//   c++ -O2 -std=c++17 -o coherence coherence.cpp
//   ./coherence F V terms writes renewals reads D FD  mutations(comma separated or -)  options(or -)  [maxStates]
// Breadth first, so a counterexample printed is a shortest one. 64-bit fingerprints, as TLC.
// Dead messages are dropped (no mutation active only), frontends and views are symmetric.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>
using std::string; typedef uint8_t u8; typedef uint32_t u32; typedef uint64_t u64;
enum { XF = 3, XV = 2, XT = 4, XL = 9, XM = 40 };
static int NF, NV, MT, MW, MR, MRD, D, FD;
static std::set<string> mutSet, optSet;
static bool m_a, m_b, m_c, m_d, m_e, m_f, m_g, m_h, m_i, m_j, m_k, m_l, resord, resterm, oldterm, ackseq, nolease, hotjoin, liftfail, lastsent, noready, follower, fixdrop, confjoin, snapapp, snapsusp, nofifo, reborn, anyMut;
static bool late, cancel_, lapse, restart, ackold, liftlost, probe, nosym, drift;
// dl: ticks of the lease that each holder had when the view was suspended; 0 once it has acknowledged
struct Sus { u8 on, seq, dl[XF]; };
struct Fr { u8 term, rem, sent, seenT, seenS, susp, slow, floor[XV]; };
struct Fetch { u8 st, lo, need, asOf, wait, wneed; };
struct S {
  u8 maxTerm, nw, nr, nf, bad, clen; u8 clog[XL];
  u8 llen[XT], log[XT][XL], app[XT], wait[XT], sq[XT], hold[XT][XF];
  u8 todo[XT][1 << XV]; Sus sus[XT][XV]; Fr fr[XF]; Fetch fetch[XF][XV];
  u8 nm, pad[3]; u32 m[XM];
};
// log entry: admitted term, log term, set of views (0: no-op). Sets of views are bit masks everywhere.
static u8 E(int a, int t, int w) { return a << 5 | t << 2 | w; }
static int eA(u8 e) { return e >> 5; } static int eT(u8 e) { return e >> 2 & 7; } static int eV(u8 e) { return e & 3; }
enum { CONF = 1, REPLY, SUSP, ACK, RESUME };
static u32 Msg(int k, int f, int t, int s, int rem, int x, int mask, int n) {
  return (u32)k << 28 | f << 26 | t << 23 | s << 17 | rem << 14 | x << 10 | mask << 8 | n; }
#define mk(m) ((m) >> 28)
#define mf(m) ((m) >> 26 & 3)
#define mt(m) ((m) >> 23 & 7)
#define ms(m) ((m) >> 17 & 63)
#define mrem(m) ((m) >> 14 & 7)
#define mx(m) ((m) >> 10 & 15)
#define mmask(m) ((m) >> 8 & 3)
static size_t bytes(const S& s) { return offsetof(S, m) + 4 * s.nm; }
static void add(S& s, u32 m) {
  int i = 0; while (i < s.nm && s.m[i] < m) i++;
  if (i < s.nm && s.m[i] == m) return;
  if (s.nm == XM) { fprintf(stderr, "too many messages\n"); exit(3); }
  for (int j = s.nm; j > i; j--) s.m[j] = s.m[j - 1];
  s.m[i] = m; s.nm++;
}
static void delAt(S& s, int i) { for (; i + 1 < s.nm; i++) s.m[i] = s.m[i + 1]; s.m[--s.nm] = 0; }
static void sortMsgs(S& s) { std::sort(s.m, s.m + s.nm); s.nm = std::unique(s.m, s.m + s.nm) - s.m; }
static int mx2(int a, int b) { return a > b ? a : b; }
static bool eff(u8 e) { return eA(e) == eT(e) || m_i; }
static int lastW(const S& s, int v, int i) { for (; i > 0; i--) if ((eV(s.clog[i - 1]) >> v & 1) && eff(s.clog[i - 1])) return i; return 0; }
static bool prefix(const u8* a, int n, const u8* b, int k) { return n <= k && !memcmp(a, b, n); }
static int key(int t, int q) { return t * 100 + q; }
static int seen(const Fr& x) { return key(x.seenT, x.seenS); }
static void see(Fr& x, int t, int q) { if (key(t, q) > seen(x)) { x.seenT = t; x.seenS = q; } }
static bool live(const S& s, u32 m) {
  switch (mk(m)) {
    case REPLY: return key(mt(m), ms(m)) > seen(s.fr[mf(m)]);
    case SUSP: for (int f = 0; f < NF; f++) if (mt(m) >= s.fr[f].seenT) return true; return ackold || restart;
    case RESUME: if (restart) return true; for (int f = 0; f < NF; f++) if (key(mt(m), ms(m)) > seen(s.fr[f])) return true; return false;
    case ACK: for (int v = 0; v < NV; v++) { const Sus& u = s.sus[mt(m) - 1][v]; if (u.seq == ms(m) && u.dl[mf(m)]) return true; } return false;
  }
  return true;
}
static u32 swapped(u32 w) { return (w & 1) << 1 | (w >> 1 & 1); }
static S permute(const S& s, bool sf, bool sv) {
  S r = s;
  if (sf) {
    std::swap(r.fr[0], r.fr[1]); std::swap(r.fetch[0], r.fetch[1]);
    for (int t = 0; t < MT; t++) { std::swap(r.hold[t][0], r.hold[t][1]);
      for (int v = 0; v < NV; v++) { Sus& u = r.sus[t][v]; std::swap(u.dl[0], u.dl[1]); } }
    for (int i = 0; i < r.nm; i++) if (mk(r.m[i]) == CONF || mk(r.m[i]) == REPLY || mk(r.m[i]) == ACK) r.m[i] ^= 1u << 26;
  }
  if (sv) {
    for (int t = 0; t < MT; t++) { std::swap(r.sus[t][0], r.sus[t][1]); std::swap(r.todo[t][1], r.todo[t][2]);
      for (int i = 0; i < r.llen[t]; i++) r.log[t][i] = (r.log[t][i] & ~3) | swapped(eV(r.log[t][i])); }
    for (int i = 0; i < r.clen; i++) r.clog[i] = (r.clog[i] & ~3) | swapped(eV(r.clog[i]));
    for (int f = 0; f < NF; f++) { std::swap(r.fr[f].floor[0], r.fr[f].floor[1]); std::swap(r.fetch[f][0], r.fetch[f][1]);
      r.fr[f].susp = swapped(r.fr[f].susp); }
    for (int i = 0; i < r.nm; i++) r.m[i] = (r.m[i] & ~(3u << 8)) | swapped(mmask(r.m[i])) << 8;
  }
  sortMsgs(r); return r;
}
static void canon(S& s) {
  if (!anyMut) for (int i = 0; i < s.nm;) { if (live(s, s.m[i])) i++; else delAt(s, i); }
  if (nosym) return;
  S best = s;
  for (int p = 1; p < 4; p++) {
    bool sf = p & 1, sv = p & 2; if ((sf && NF != 2) || (sv && NV != 2)) continue;
    S r = permute(s, sf, sv); if (memcmp(&r, &best, bytes(r)) < 0) best = r; }
  s = best;
}
static u64 hashOf(const S& s) {
  const u8* p = (const u8*)&s; size_t n = bytes(s); u64 h = 0x9E3779B97F4A7C15ull ^ n;
  for (size_t i = 0; i < n; i += 8) { u64 w = 0; memcpy(&w, p + i, std::min<size_t>(8, n - i));
    h ^= w; h *= 0xff51afd7ed558ccdull; h ^= h >> 32; h *= 0xc4ceb9fe1a85ec53ull; h ^= h >> 29; }
  return h ? h : 1;
}
static const char* check(const S& s) {
  for (int f = 0; f < NF; f++) for (int v = 0; v < NV; v++)
    if (s.fr[f].rem > 0 && !(s.fr[f].susp >> v & 1) && lastW(s, v, s.clen) > (m_k ? 0 : s.fr[f].floor[v])) return "Fresh";
  if (s.bad) return "FetchesFresh";
  for (int u = eT(s.clog[s.clen - 1]); u <= s.maxTerm; u++) if (!prefix(s.clog, s.clen, s.log[u - 1], s.llen[u - 1])) return "LeaderComplete";
  return nullptr;
}
typedef std::vector<std::pair<S, string>> Succ;
static bool wantNames = false;
// %d: the next number; %s: the next number as a set of views
static string nm(const char* fmt, int a = 0, int b = 0, int c = 0, int d = 0) {
  if (!wantNames) return string();
  static const char* const sets[] = {"{}", "{1}", "{2}", "{1,2}"}; int arg[] = {a, b, c, d}, i = 0; string z;
  for (const char* p = fmt; *p; p++) if (*p == '%' && *++p == 's') z += sets[arg[i++] & 3]; else if (*p == 'd' && p[-1] == '%') z += std::to_string(arg[i++]); else z += *p;
  return z; }
static void successors(const S& s, Succ& out) {
  out.clear();
  #define GO(...) do { out.emplace_back(n, wantNames ? nm(__VA_ARGS__) : string()); } while (0)
  if (s.maxTerm < MT) {
    std::set<string> done;
    for (int src = 0; src < s.maxTerm; src++) if (prefix(s.clog, s.clen, s.log[src], s.llen[src]))
      for (int k = s.clen; k <= s.llen[src]; k++) {
        if (!done.insert(string((const char*)s.log[src], k)).second) continue;
        S n = s; int t = s.maxTerm; memcpy(n.log[t], s.log[src], k); n.log[t][k] = E(t + 1, t + 1, 0); n.llen[t] = k + 1;
        n.maxTerm++; n.wait[t] = m_a ? 0 : D; n.app[t] = s.clen; GO("elect term %d with %d entries of term %d's log", t + 1, k, src + 1); }
  }
  for (int t = 0; t < s.maxTerm; t++) {
    if (prefix(s.clog, s.clen, s.log[t], s.llen[t]))
      for (int i = s.clen + 1; i <= s.llen[t]; i++) if (eT(s.log[t][i - 1]) == t + 1) {
        bool ok = true; for (int u = t + 1; u < s.maxTerm; u++) ok &= prefix(s.log[t], i, s.log[u], s.llen[u]);
        if (ok) { S n = s; n.clen = i; memcpy(n.clog, s.log[t], i); GO("term %d commits up to %d", t + 1, i); } }
    if (s.app[t] < s.clen) { S n = s; n.app[t]++; GO("leader %d applies %d", t + 1, n.app[t]); }
    int mask = 0; for (int v = 0; v < NV; v++) if (s.sus[t][v].on) mask |= 1 << v;
    for (int f = 0; f < NF; f++) if (s.nr < MR) {
      bool join = false, succ = false;
      for (int i = 0; i < s.nm; i++) join |= confjoin && mk(s.m[i]) == CONF && (int)mt(s.m[i]) == t + 1;
      if (follower && t + 1 < s.maxTerm) for (int i = 0; i < s.clen; i++) succ |= eT(s.clog[i]) == s.maxTerm;
      if (t + 1 != s.maxTerm && !succ && !join && !m_h) continue;
      S n = s; n.nr++; n.fr[f].sent = lastsent ? FD : 0;
      add(n, Msg(CONF, f, t + 1, snapapp ? s.app[t] : 0, FD, succ ? s.clen : 0, snapsusp ? mask : 0, s.nr)); GO("F%d asks leader %d to renew; its confirmation begins", f + 1, t + 1); }
    if (probe && s.nr < MR) { S n = s; n.nr++; n.sq[t]++; add(n, Msg(SUSP, 0, t + 1, n.sq[t], 0, 0, 0, 0)); GO("leader %d probes, seq %d", t + 1, n.sq[t]); }
    bool held = false; for (int f = 0; f < NF; f++) held |= s.hold[t][f] > 0;
    auto answered = [&](int w) { for (int v = 0; v < NV; v++) if (w >> v & 1) for (int f = 0; f < NF; f++) if (s.sus[t][v].dl[f]) return false; return true; };
    for (int w = 1; w < 1 << NV; w++) {
      if (s.nw < MW) { S n = s; n.nw++; n.todo[t][w]++; int fresh = w & ~mask;
        for (int v = 0; v < NV; v++) { Sus& u = n.sus[t][v];
          if (fresh >> v & 1) { u.on = 1; u.seq = s.sq[t] + 1; memcpy(u.dl, s.hold[t], XF); }
          else if (hotjoin && (w >> v & 1)) memset(u.dl, 0, XF); }
        if (fresh) { n.sq[t]++; if (held) add(n, Msg(SUSP, 0, t + 1, n.sq[t], 0, 0, fresh, 0)); }
        GO("leader %d admits a write to views %s (seq %d)", t + 1, w, n.sq[t]); }
      bool todo = s.todo[t][w], clear = answered(w) && !s.wait[t];
      if (todo && (clear || (m_c && !s.wait[t])) && s.llen[t] < XL) { S n = s; n.todo[t][w]--; n.log[t][n.llen[t]++] = E(t + 1, t + 1, w);
        GO("leader %d proposes a write to views %s", t + 1, w); }
      if (late && t + 1 < s.maxTerm && todo && answered(w) && !(m_i && s.wait[s.maxTerm - 1]) && s.llen[s.maxTerm - 1] < XL) { S n = s; int q = s.maxTerm - 1; n.todo[t][w]--; n.log[q][n.llen[q]++] = E(t + 1, q + 1, w);
        GO("a write admitted in term %d to views %s is proposed in term %d", t + 1, w, q + 1); }
      if (cancel_ && todo) { S n = s; n.todo[t][w]--; GO("leader %d gives a write to views %s up", t + 1, w); }
    }
    // which views may be lifted: those without a write that is open or undecided
    int open = 0, undecided = 0; bool later = false, any = false;
    for (int i = 0; i < s.app[t]; i++) any |= eT(s.clog[i]) == t + 1 && eV(s.clog[i]);
    for (int w = 1; w < 1 << NV; w++) if (s.todo[t][w] && !(nofifo && any && answered(w) && !s.wait[t])) open |= w;
    for (int i = s.llen[t]; i-- > 0;) if (eT(s.log[t][i]) == t + 1) {
      bool applied = i + 1 <= s.app[t] && s.clog[i] == s.log[t][i], lost = i + 1 <= s.clen && s.clog[i] != s.log[t][i];
      if (!applied && !later && !(liftlost && lost)) undecided |= eV(s.log[t][i]);
      later |= applied; }
    int can = mask & ~open & ~(m_e || (liftfail && t + 1 < s.maxTerm) ? 0 : undecided);
    for (int w = 1; w < 1 << NV; w++) if (!(w & ~can)) { S n = s; n.sq[t]++;
      for (int v = 0; v < NV; v++) if (w >> v & 1) memset(&n.sus[t][v], 0, sizeof(Sus));
      if (held) add(n, Msg(RESUME, 0, t + 1, n.sq[t], 0, s.app[t], w, 0));
      GO("leader %d lifts views %s, sends resume seq %d index %d", t + 1, w, n.sq[t], s.app[t]); }
  }
  for (int q = 0; q < s.nm; q++) {
    u32 m = s.m[q]; int t = mt(m) - 1, f0 = mf(m);
    switch (mk(m)) {
      case CONF: { bool own = noready; for (int i = 0; i < s.app[t]; i++) own |= eT(s.clog[i]) == t + 1;
          if (!own || s.app[t] < (int)mx(m)) break;
          S n = s; delAt(n, q); n.hold[t][f0] = D; n.sq[t]++; int mask = 0;
          for (int v = 0; v < NV; v++) if (s.sus[t][v].on) mask |= 1 << v;
          add(n, Msg(REPLY, f0, t + 1, n.sq[t], mrem(m), snapapp ? ms(m) : s.app[t], m_f ? 0 : snapsusp ? mmask(m) : mask, 0));
          GO("leader %d grants to F%d: reply seq %d, applied index %d", t + 1, f0 + 1, n.sq[t], s.app[t]); } break;
      case REPLY: { const Fr& x = s.fr[f0]; int k = key(t + 1, ms(m));
          if (!(k > seen(x) || (m_j && t + 1 >= x.seenT) || (oldterm && t + 1 < x.seenT))) break;
          S n = s; Fr& y = n.fr[f0]; bool nw = x.term != t + 1 || (x.rem == 0 && !m_g); int rem = m_b ? FD : lastsent ? x.sent : mrem(m);
          y.term = t + 1; y.rem = nw ? rem : mx2(x.rem, rem); see(y, t + 1, ms(m)); y.susp = mmask(m);
          for (int v = 0; v < NV; v++) if (nw || ((x.susp >> v & 1) && !(mmask(m) >> v & 1))) y.floor[v] = mx2(x.floor[v], mx(m));
          GO("F%d takes the reply seq %d of leader %d (ticks left: %d)", f0 + 1, ms(m), t + 1, y.rem); } break;
      case SUSP: for (int f = 0; f < NF; f++) { const Fr& x = s.fr[f]; bool old = t + 1 < x.seenT; if (old && !ackold) continue;
          S n = s; Fr& y = n.fr[f]; if (!old && !(nolease && x.rem == 0)) { y.susp |= mmask(m); see(y, t + 1, ms(m)); }
          add(n, Msg(ACK, f, t + 1, ms(m), 0, 0, mmask(m), 0)); GO("F%d takes suspend seq %d of leader %d, acks", f + 1, ms(m), t + 1); } break;
      case ACK: { S n = s; bool hit = false;
          for (int v = 0; v < NV; v++) { Sus& u = n.sus[t][v];
            if (u.dl[f0] && (ms(m) == u.seq || (ackseq && (mmask(m) >> v & 1)))) { u.dl[f0] = 0; hit = true; } }
          if (hit) GO("leader %d takes F%d's ack of seq %d", t + 1, f0 + 1, ms(m)); } break;
      case RESUME: for (int f = 0; f < NF; f++) { const Fr& x = s.fr[f]; int k = key(t + 1, ms(m));
          if (!(k > seen(x) || (resord && t + 1 == x.seenT) || (resterm && t + 1 < x.seenT))) continue;
          S n = s; Fr& y = n.fr[f]; y.susp &= ~mmask(m); see(y, t + 1, ms(m));
          if (!m_d) for (int v = 0; v < NV; v++) if (mmask(m) >> v & 1) y.floor[v] = mx2(y.floor[v], mx(m));
          GO("F%d takes resume seq %d of leader %d, index %d", f + 1, ms(m), t + 1, mx(m)); } break;
    }
  }
  // option "drift": a frontend's clock may miss one tick in any D of a leader's (bit f of lag: it misses this one)
  for (int lag = 0; lag < (drift ? 1 << NF : 1); lag++) { bool any = false, can = true; S n = s;
    for (int f = 0; f < NF; f++) if (lag >> f & 1) { can &= !n.fr[f].slow; n.fr[f].slow = D - 1; } else if (n.fr[f].slow) n.fr[f].slow--;
    if (!can) continue;
    for (int t = 0; t < MT; t++) { if (n.wait[t]) n.wait[t]--, any = true;
      for (int f = 0; f < NF; f++) { if (n.hold[t][f]) { n.hold[t][f]--; any = true; } // dl is never more
        for (int v = 0; v < NV; v++) { u8& dl = n.sus[t][v].dl[f]; if (dl && !--dl && fixdrop) n.hold[t][f] = 0; } } }
    for (int f = 0; f < NF; f++) if (!(lag >> f & 1)) { if (n.fr[f].rem) n.fr[f].rem--, any = true; if (n.fr[f].sent) n.fr[f].sent--; }
    for (int i = 0; i < n.nm; i++) if ((mk(n.m[i]) == CONF || mk(n.m[i]) == REPLY) && mrem(n.m[i]) && !(lag >> mf(n.m[i]) & 1)) { n.m[i] -= 1u << 14; any = true; }
    if (any) { sortMsgs(n); GO(lag ? "a tick that a frontend's clock misses" : "a tick"); } }
  for (int f = 0; f < NF; f++) {
    if (lapse && s.fr[f].rem) { S n = s; n.fr[f].rem = 0; GO("F%d's lease runs out early", f + 1); }
    if (restart && s.fr[f].seenT) { S n = s; memset(&n.fr[f], 0, sizeof(Fr));
      for (int i = 0; i < n.nm;) if ((mk(n.m[i]) != CONF && mk(n.m[i]) != REPLY) || (int)mf(n.m[i]) != f) i++;
        else if (reborn) { n.m[i] = (n.m[i] & ~(7u << 14)) | FD << 14; i++; } else delAt(n, i);
      sortMsgs(n);
      GO("F%d restarts", f + 1); }
    for (int v = 0; v < NV; v++) { const Fetch& x = s.fetch[f][v];
      if (s.nf < MRD) { S n = s; n.nf++; Fetch& y = n.fetch[f][v];
        if (x.st == 0) { y.st = 1; y.lo = y.need = s.clen; } else if (m_l) y.need = s.clen; else { y.wait = 1; y.wneed = s.clen; }
        GO("a read of view %d arrives at F%d and is fetched or waits", v + 1, f + 1); }
      if (x.st == 1) for (int i = x.lo; i <= s.clen; i++) { S n = s; n.fetch[f][v].st = 2; n.fetch[f][v].asOf = i; GO("a replica reads view %d for F%d at %d", v + 1, f + 1, i); }
      if (x.st == 2) { S n = s; if (lastW(s, v, x.need) > x.asOf) n.bad = 1; Fetch& y = n.fetch[f][v]; memset(&y, 0, sizeof y);
        if (x.wait) { y.st = 1; y.lo = s.clen; y.need = x.wneed; } GO("F%d's fetch of view %d returns", f + 1, v + 1); } }
  }
}
static std::vector<u64> tab; static u64 tmask, cnt;
static bool put(u64 h) {
  if (cnt * 10 > tab.size() * 7) { std::vector<u64> o; o.swap(tab); tab.assign(o.size() * 2, 0); tmask = tab.size() - 1;
    for (u64 x : o) if (x) { u64 i = x & tmask; while (tab[i]) i = (i + 1) & tmask; tab[i] = x; } }
  u64 i = h & tmask; while (tab[i]) { if (tab[i] == h) return false; i = (i + 1) & tmask; } tab[i] = h; cnt++; return true;
}
struct Store { std::vector<u8> b; u64 n = 0;
  void push(const S& s) { u8 k = s.nm; b.push_back(k); const u8* p = (const u8*)&s; b.insert(b.end(), p, p + bytes(s)); n++; }
  size_t get(size_t at, S& s) const { memset(&s, 0, sizeof s); size_t z = offsetof(S, m) + 4 * b[at]; memcpy(&s, &b[at + 1], z); return at + 1 + z; } };
static void split(const char* a, std::set<string>& o) { if (!strcmp(a, "-")) return; std::stringstream x(a); string w; while (std::getline(x, w, ',')) o.insert(w); }
int main(int c, char** v) {
  if (c < 11) { fprintf(stderr, "usage: see the head of the source\n"); return 2; }
  NF = atoi(v[1]); NV = atoi(v[2]); MT = atoi(v[3]); MW = atoi(v[4]); MR = atoi(v[5]); MRD = atoi(v[6]); D = atoi(v[7]); FD = atoi(v[8]);
  split(v[9], mutSet); split(v[10], optSet); u64 lim = c > 11 ? strtoull(v[11], 0, 10) : ~0ull;
  if (NF > XF || NV > XV || MT > XT || MT + MW > XL || FD > 7 || D > 7) return 2;
  #define MU(n) n = mutSet.count(#n) || (#n[1] == '_' && mutSet.count(#n + 2))
  MU(m_a); MU(m_b); MU(m_c); MU(m_d); MU(m_e); MU(m_f); MU(m_g); MU(m_h); MU(m_i); MU(m_j); MU(m_k); MU(m_l);
  MU(resord); MU(resterm); MU(oldterm); MU(ackseq); MU(nolease); MU(hotjoin); MU(liftfail); MU(lastsent); MU(noready); MU(follower); MU(fixdrop); MU(confjoin); MU(snapapp); MU(snapsusp); MU(nofifo); MU(reborn);
  anyMut = !mutSet.empty();
  late = optSet.count("late"); cancel_ = optSet.count("cancel"); lapse = optSet.count("lapse"); restart = optSet.count("restart");
  ackold = optSet.count("ackold"); liftlost = optSet.count("liftlost"); probe = optSet.count("probe"); nosym = optSet.count("nosym"); drift = optSet.count("drift");
  tab.assign(1 << 20, 0); tmask = tab.size() - 1;
  S s; memset(&s, 0, sizeof s); s.maxTerm = 1; s.clen = 1; s.clog[0] = s.log[0][0] = E(1, 1, 0); s.llen[0] = 1; s.app[0] = 1;
  bool trace = optSet.count("trace"); std::vector<std::pair<u32, string>> par; wantNames = trace;
  Store cur, nxt; canon(s); put(hashOf(s)); cur.push(s); par.emplace_back(0, "start"); u64 gen = 1, base = 0; int depth = 1; Succ su;
  while (cur.n) {
    u64 idx = base, nextBase = base + cur.n;
    for (size_t at = 0; at < cur.b.size(); idx++) { at = cur.get(at, s); successors(s, su); gen += su.size();
      for (auto& p : su) { S& n = p.first; canon(n); if (!put(hashOf(n))) continue;
        if (trace) par.emplace_back((u32)idx, p.second);
        if (const char* bad = check(n)) { printf("VIOLATED %s, %d steps, %llu states generated, %llu distinct\n", bad, depth, (unsigned long long)gen, (unsigned long long)cnt);
          if (trace) { std::vector<string> z; u32 i = par.size() - 1; while (i) { z.push_back(par[i].second); i = par[i].first; }
            for (size_t i = z.size(); i-- > 0;) printf("  %zu %s\n", z.size() - i, z[i].c_str()); }
          return 1; }
        nxt.push(n); } 
      if (cnt > lim) { printf("STOPPED (no violation) at depth %d, %llu generated, %llu distinct\n", depth, (unsigned long long)gen, (unsigned long long)cnt); return 0; } }
    base = nextBase; cur = std::move(nxt); nxt = Store(); depth += cur.n > 0;
    if (cnt > 2000000) { fprintf(stderr, "depth %d: %llu distinct, frontier %llu\n", depth, (unsigned long long)cnt, (unsigned long long)cur.n); }
  }
  printf("SAFE: complete, depth %d, %llu states generated, %llu distinct\n", depth, (unsigned long long)gen, (unsigned long long)cnt);
}
