----------------------------- MODULE Coherence -----------------------------
(***************************************************************************)
(* The coherence protocol between the catalog's leaders and the view       *)
(* caches of the frontends: com.pygmy.coherence, described in protocol.md. *)
(* README.md says what is modelled and what came of it.                    *)
(*                                                                         *)
(* Messages live in a set and are never taken out of it, so every one may  *)
(* be lost, delayed, duplicated and reordered.  Time is counted down: a    *)
(* lease, a holder entry and a leader's wait are the ticks they have left, *)
(* so the model has no latest time.  One tick is one tick of a leader's    *)
(* clock; FD is the most ticks that 0.9 D of a frontend's clock can last   *)
(* (FD <= D is the drift allowance); Lapse is a frontend's fast clock.     *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS F, V,           \* frontends, views
          MaxTerm, MaxWrites, MaxRenew, MaxReads,
          D, FD,          \* lease at the leader, at the frontend
          Mut,            \* mutations: what is broken on purpose
          Opt             \* options: faults and actions switched on

VARIABLES maxTerm,  \* highest term with an elected leader
          log,      \* log[t]: the log of the leader of term t
          clog,     \* the committed log; all of it counts as visible
          app,      \* app[t]: index applied at the leader of term t
          sus,      \* sus[t][v]: suspension of v at the leader of t
          todo,     \* todo[t][W]: writes to the views W, admitted in t and not in the log yet
          hold,     \* hold[t][f]: ticks for which f is a holder at t
          wait,     \* wait[t]: ticks before t may propose
          sq,       \* sq[t]: last sequence number of term t
          fr,       \* fr[f]: the frontend
          net,      \* messages ever sent
          nw, nr,   \* writes admitted, renewals begun
          fetch, nf, badRead   \* reads by fetching

vars == <<maxTerm, log, clog, app, sus, todo, hold, wait, sq, fr, net, nw, nr, fetch, nf, badRead>>
raft == <<maxTerm, log, clog, app>>
fet  == <<fetch, nf, badRead>>

Terms == 1..MaxTerm
Sets  == SUBSET V \ {{}}
M(x)  == x \in Mut
O(x)  == x \in Opt
Max(a, b) == IF a > b THEN a ELSE b
Dec(n) == IF n > 0 THEN n - 1 ELSE 0
IsPrefix(s, u) == Len(s) <= Len(u) /\ s = SubSeq(u, 1, Len(s))
Key(t, s) == t * 100 + s          \* (term, sequence number), ordered
Term(k)   == k \div 100

\* An entry: the term that admitted it, the term in whose log it is, the views it changes.
NoOp(t) == [a |-> t, t |-> t, vs |-> {}]
Effective(e) == e.a = e.t \/ M("i")            \* fencing by term
\* index of the last effective write to v among the first i committed entries
LastW(v, i) == LET S == {j \in 1..i : v \in clog[j].vs /\ Effective(clog[j])}
               IN  IF S = {} THEN 0 ELSE CHOOSE j \in S : \A k \in S : k <= j
Stale(v, asOf) == LastW(v, Len(clog)) > asOf

Nobody  == [f \in F |-> 0]
NoSus   == [on |-> FALSE, seq |-> 0, dl |-> Nobody]
NoFetch == [st |-> "idle", lo |-> 0, need |-> 0, asOf |-> 0, wait |-> FALSE, wneed |-> 0]
NewFrontend == [term |-> 0, rem |-> 0, sent |-> 0, seen |-> 0, susp |-> {}, floor |-> [v \in V |-> 0]]

Init ==
  /\ maxTerm = 1
  /\ log  = [t \in Terms |-> IF t = 1 THEN <<NoOp(1)>> ELSE <<>>]
  /\ clog = <<NoOp(1)>>
  /\ app  = [t \in Terms |-> IF t = 1 THEN 1 ELSE 0]
  /\ sus  = [t \in Terms |-> [v \in V |-> NoSus]]
  /\ todo = [t \in Terms |-> [W \in Sets |-> 0]]
  /\ hold = [t \in Terms |-> Nobody]
  /\ wait = [t \in Terms |-> 0]
  /\ sq   = [t \in Terms |-> 0]
  /\ fr   = [f \in F |-> NewFrontend]
  /\ net  = {}
  /\ nw = 0 /\ nr = 0
  /\ fetch = [f \in F |-> [v \in V |-> NoFetch]] /\ nf = 0 /\ badRead = FALSE

(***************************** Raft, abstracted ****************************)
\* A new leader's log is any prefix of any leader's log that holds everything committed:
\* it may inherit entries that are not committed, also from a term before the last.
Elect ==
  /\ maxTerm < MaxTerm
  /\ \E src \in 1..maxTerm :
       /\ IsPrefix(clog, log[src])
       /\ \E n \in Len(clog)..Len(log[src]) :
            log' = [log EXCEPT ![maxTerm + 1] = Append(SubSeq(log[src], 1, n), NoOp(maxTerm + 1))]
  /\ maxTerm' = maxTerm + 1
  /\ wait' = [wait EXCEPT ![maxTerm + 1] = IF M("a") THEN 0 ELSE D]
  /\ app'  = [app EXCEPT ![maxTerm + 1] = Len(clog)]
  /\ UNCHANGED <<clog, sus, todo, hold, sq, fr, net, nw, nr, fet>>

\* A leader commits an entry of its own term; a deposed one too, where all its successors have the entry.
Commit(t) ==
  /\ t <= maxTerm
  /\ IsPrefix(clog, log[t])
  /\ \E i \in (Len(clog) + 1)..Len(log[t]) :
       /\ log[t][i].t = t
       /\ \A u \in (t + 1)..maxTerm : IsPrefix(SubSeq(log[t], 1, i), log[u])
       /\ clog' = SubSeq(log[t], 1, i)
  /\ UNCHANGED <<maxTerm, log, app, sus, todo, hold, wait, sq, fr, net, nw, nr, fet>>

Apply(t) ==
  /\ t <= maxTerm
  /\ app[t] < Len(clog)
  /\ app' = [app EXCEPT ![t] = @ + 1]
  /\ UNCHANGED <<maxTerm, log, clog, sus, todo, hold, wait, sq, fr, net, nw, nr, fet>>

(********************************* Leases **********************************)
\* f's request left f and its confirmation began at t at the same moment (a later confirmation is a
\* shorter lease: Lapse).  That t leads is true when the confirmation begins, not when it ends.
OwnCommitted(t) == \E i \in 1..Len(clog) : clog[i].t = t
OwnApplied(t)   == \E i \in 1..app[t] : clog[i].t = t
\* Mutation "confjoin": a request joins a confirmation that began before it.
Joinable(t) == M("confjoin") /\ \E m \in net : m.k = "conf" /\ m.t = t
\* Mutation "follower": a deposed leader's confirmed read succeeds, because its successor answers it.
FollowerRead(t) == M("follower") /\ t < maxTerm /\ OwnCommitted(maxTerm)
SuspSet(t) == {v \in V : sus[t][v].on}
Renew(f, t) ==
  /\ nr < MaxRenew
  /\ t <= maxTerm
  /\ t = maxTerm \/ FollowerRead(t) \/ Joinable(t) \/ M("h")
  /\ nr' = nr + 1
  /\ net' = net \cup {[k |-> "conf", f |-> f, t |-> t, n |-> nr, rem |-> FD,
                       ri |-> IF FollowerRead(t) THEN Len(clog) ELSE 0,
                       app |-> IF M("snapapp") THEN app[t] ELSE 0,
                       susp |-> IF M("snapsusp") THEN SuspSet(t) ELSE {}]}
  /\ fr' = [fr EXCEPT ![f].sent = IF M("lastsent") THEN FD ELSE 0]
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, nw, fet>>

\* The confirmation has ended: holder, sequence number, applied index and suspended set in one step.
\* That a silent holder is refused is not modelled: to grant is the wider behaviour.
Grant(m) ==
  /\ m.k = "conf"
  /\ app[m.t] >= m.ri
  /\ OwnApplied(m.t) \/ M("noready")
  /\ hold' = [hold EXCEPT ![m.t][m.f] = D]
  /\ sq'   = [sq EXCEPT ![m.t] = @ + 1]
  /\ net'  = (net \ {m}) \cup
       {[k |-> "reply", f |-> m.f, t |-> m.t, s |-> sq[m.t] + 1, rem |-> m.rem,
         app  |-> IF M("snapapp") THEN m.app ELSE app[m.t],
         susp |-> IF M("f") THEN {} ELSE IF M("snapsusp") THEN m.susp ELSE SuspSet(m.t)]}
  /\ UNCHANGED <<raft, sus, todo, wait, fr, nw, nr, fet>>

Reply(m) ==
  /\ m.k = "reply"
  /\ LET f == m.f
         x == fr[f]
         k == Key(m.t, m.s)
         new == x.term # m.t \/ (x.rem = 0 /\ ~M("g"))
         rem == IF M("b") THEN FD ELSE IF M("lastsent") THEN x.sent ELSE m.rem
     IN  /\ k > x.seen \/ (M("j") /\ m.t >= Term(x.seen)) \/ (M("oldterm") /\ m.t < Term(x.seen))
         /\ fr' = [fr EXCEPT ![f] =
              [term  |-> m.t,
               rem   |-> IF new THEN rem ELSE Max(x.rem, rem),
               sent  |-> x.sent,
               seen  |-> Max(x.seen, k),
               susp  |-> m.susp,
               floor |-> [v \in V |-> IF new \/ (v \in x.susp /\ v \notin m.susp)
                                      THEN Max(x.floor[v], m.app) ELSE x.floor[v]]]]
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, net, nw, nr, fet>>

(********************************* Writes **********************************)
Answered(t, v) == \A f \in F : sus[t][v].dl[f] = 0

\* Admission, at the leader of t, deposed or not, of a write to the views W.  Those that are suspended
\* already are joined, without a message; the others are suspended together, in one round: their dl is
\* for each holder the ticks of the lease that it has now, and 0 once it has acknowledged.
Write(t, W) ==
  /\ t <= maxTerm
  /\ nw < MaxWrites
  /\ nw' = nw + 1
  /\ todo' = [todo EXCEPT ![t][W] = @ + 1]
  /\ LET fresh == {v \in W : ~sus[t][v].on}
         s == sq[t] + 1
     IN  /\ sus' = [sus EXCEPT ![t] = [v \in V |->
                     IF v \in fresh THEN [on |-> TRUE, seq |-> s, dl |-> hold[t]]
                     ELSE IF M("hotjoin") /\ v \in W THEN [sus[t][v] EXCEPT !.dl = Nobody]
                     ELSE sus[t][v]]]
         /\ IF fresh = {} THEN UNCHANGED <<sq, net>>
            ELSE /\ sq'  = [sq EXCEPT ![t] = s]
                 /\ net' = net \cup (IF hold[t] = Nobody THEN {}
                                     ELSE {[k |-> "susp", t |-> t, s |-> s, vs |-> fresh]})
  /\ UNCHANGED <<raft, hold, wait, fr, nr, fet>>

\* A silent holder is asked for a word before it gets another lease: a suspend of nothing.
Probe(t) ==
  /\ O("probe")
  /\ nr < MaxRenew
  /\ t <= maxTerm
  /\ nr' = nr + 1
  /\ sq'  = [sq EXCEPT ![t] = @ + 1]
  /\ net' = net \cup {[k |-> "susp", t |-> t, s |-> sq[t] + 1, vs |-> {}]}
  /\ UNCHANGED <<raft, sus, todo, hold, wait, fr, nw, fet>>

Suspend(f, m) ==
  /\ m.k = "susp"
  /\ \/ /\ m.t >= Term(fr[f].seen)
        /\ fr' = [fr EXCEPT ![f].susp = IF M("nolease") /\ fr[f].rem = 0 THEN @ ELSE @ \cup m.vs,
                            ![f].seen = IF M("nolease") /\ fr[f].rem = 0 THEN @ ELSE Max(@, Key(m.t, m.s))]
     \/ /\ O("ackold")                    \* of a term gone by: acked, nothing done
        /\ m.t < Term(fr[f].seen)
        /\ fr' = fr
  /\ net' = net \cup {[k |-> "ack", f |-> f, t |-> m.t, s |-> m.s, vs |-> m.vs]}
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, nw, nr, fet>>

Hits(m) == {v \in V : /\ sus[m.t][v].dl[m.f] > 0
                      /\ m.s = sus[m.t][v].seq \/ (M("ackseq") /\ v \in m.vs)}
Ack(m) ==
  /\ m.k = "ack"
  /\ Hits(m) # {}
  /\ sus' = [sus EXCEPT ![m.t] = [v \in V |-> IF v \in Hits(m) THEN [sus[m.t][v] EXCEPT !.dl[m.f] = 0]
                                              ELSE sus[m.t][v]]]
  /\ UNCHANGED <<raft, todo, hold, wait, sq, fr, net, nw, nr, fet>>

\* All rounds of the write's views are answered, and the leases of earlier terms have ended.
Clear(t, W) == wait[t] = 0 /\ \A v \in W : Answered(t, v)

Propose(t, W) ==
  /\ t <= maxTerm
  /\ todo[t][W] > 0
  /\ Clear(t, W) \/ (M("c") /\ wait[t] = 0)
  /\ log' = [log EXCEPT ![t] = Append(@, [a |-> t, t |-> t, vs |-> W])]
  /\ todo' = [todo EXCEPT ![t][W] = @ - 1]
  /\ UNCHANGED <<maxTerm, clog, app, sus, hold, wait, sq, fr, net, nw, nr, fet>>

\* A server that led in t leads again now, and proposes what it had admitted in t.
LatePropose(t, W) ==
  /\ O("late")
  /\ t < maxTerm
  /\ todo[t][W] > 0
  /\ \A v \in W : Answered(t, v)
  /\ M("i") => wait[maxTerm] = 0     \* fenced, it may come at any time
  /\ log' = [log EXCEPT ![maxTerm] = Append(@, [a |-> t, t |-> maxTerm, vs |-> W])]
  /\ todo' = [todo EXCEPT ![t][W] = @ - 1]
  /\ UNCHANGED <<maxTerm, clog, app, sus, hold, wait, sq, fr, net, nw, nr, fet>>

\* A write given up before it was proposed, or certainly refused before it was in the log.
Cancel(t, W) ==
  /\ O("cancel")
  /\ t <= maxTerm
  /\ todo[t][W] > 0
  /\ todo' = [todo EXCEPT ![t][W] = @ - 1]
  /\ UNCHANGED <<raft, sus, hold, wait, sq, fr, net, nw, nr, fet>>

AppliedAt(t, i) == i <= app[t] /\ clog[i] = log[t][i]
LostAt(t, i) == i <= Len(clog) /\ clog[i] # log[t][i]
\* An entry is settled when it is applied at t; when it is known to be lost; or, if nobody can tell, when
\* one that was proposed later in this term is applied at t.
Settled(t, i) == \/ AppliedAt(t, i)
                 \/ O("liftlost") /\ LostAt(t, i)
                 \/ \E j \in (i + 1)..Len(log[t]) : log[t][j].t = t /\ AppliedAt(t, j)
Undecided(t, v) == \E i \in 1..Len(log[t]) : v \in log[t][i].vs /\ log[t][i].t = t /\ ~Settled(t, i)
\* Admitted and not in the log: waiting for acks, or on its way into the log.
Open(t, v) == \E W \in Sets : v \in W /\ todo[t][W] > 0
\* Mutation "nofifo": a write of unknown fate that is still on its way into the log counts as settled,
\* because another one was applied.
Overtaken(t, v) == /\ M("nofifo")
                   /\ \A W \in Sets : v \in W /\ todo[t][W] > 0 => Clear(t, W)
                   /\ \E i \in 1..app[t] : clog[i].t = t /\ clog[i].vs # {}

\* When this is, is open: at once, or lazily; and which views together.
Lift(t, L) ==
  /\ t <= maxTerm
  /\ \A v \in L : /\ sus[t][v].on
                  /\ ~Open(t, v) \/ Overtaken(t, v)
                  /\ ~Undecided(t, v) \/ M("e") \/ (M("liftfail") /\ t < maxTerm)
  /\ sus' = [sus EXCEPT ![t] = [v \in V |-> IF v \in L THEN NoSus ELSE sus[t][v]]]
  /\ sq'  = [sq EXCEPT ![t] = @ + 1]
  /\ net' = net \cup (IF hold[t] = Nobody THEN {} ELSE
                      {[k |-> "resume", t |-> t, s |-> sq[t] + 1, vs |-> L, i |-> app[t]]})
  /\ UNCHANGED <<raft, todo, hold, wait, fr, nw, nr, fet>>

\* Mutations "resord" and "resterm": not ordered within its term; of an older term.
Resume(f, m) ==
  /\ m.k = "resume"
  /\ LET k == Key(m.t, m.s) IN
     /\ \/ k > fr[f].seen
        \/ M("resord") /\ m.t = Term(fr[f].seen)
        \/ M("resterm") /\ m.t < Term(fr[f].seen)
     /\ fr' = [fr EXCEPT ![f].susp = @ \ m.vs,
                         ![f].seen = Max(@, k),
                         ![f].floor = [v \in V |-> IF v \in m.vs /\ ~M("d") THEN Max(@[v], m.i) ELSE @[v]]]
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, net, nw, nr, fet>>

(********************************** Time ***********************************)
Timed(m) == m.k \in {"conf", "reply"}
\* Mutation "fixdrop": whoever is awaited no longer is no holder any more, though it may have renewed since.
Tick ==
  /\ \/ \E t \in Terms : wait[t] > 0 \/ \E f \in F : hold[t][f] > 0
     \/ \E f \in F : fr[f].rem > 0
     \/ \E m \in net : Timed(m) /\ m.rem > 0
  /\ wait' = [t \in Terms |-> Dec(wait[t])]
  /\ hold' = [t \in Terms |-> [f \in F |->
                IF M("fixdrop") /\ \E v \in V : sus[t][v].dl[f] = 1 THEN 0 ELSE Dec(hold[t][f])]]
  /\ sus'  = [t \in Terms |-> [v \in V |-> [sus[t][v] EXCEPT !.dl = [f \in F |-> Dec(@[f])]]]]
  /\ fr'   = [f \in F |-> [fr[f] EXCEPT !.rem = Dec(@), !.sent = Dec(@)]]
  /\ net'  = {IF Timed(m) THEN [m EXCEPT !.rem = Dec(@)] ELSE m : m \in net}
  /\ UNCHANGED <<raft, todo, sq, nw, nr, fet>>

Lapse(f) ==
  /\ O("lapse")
  /\ fr[f].rem > 0
  /\ fr' = [fr EXCEPT ![f].rem = 0]
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, net, nw, nr, fet>>

\* A frontend dies and returns with nothing, under another name: what was promised to the dead one does
\* not reach the new one.  Mutation "reborn": it does, and answers the request that now has its number.
Restart(f) ==
  /\ O("restart")
  /\ fr[f].seen > 0
  /\ fr' = [fr EXCEPT ![f] = NewFrontend]
  /\ net' = IF M("reborn")
            THEN {IF Timed(m) /\ m.f = f THEN [m EXCEPT !.rem = FD] ELSE m : m \in net}
            ELSE {m \in net : ~(Timed(m) /\ m.f = f)}
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, nw, nr, fet>>

(**************************** Reads by fetching ****************************)
\* A read that arrives and is fetched: it starts a fetch, or waits for the next one.
ReadFetch(f, v) ==
  /\ nf < MaxReads
  /\ nf' = nf + 1
  /\ LET x == fetch[f][v] IN
     fetch' = [fetch EXCEPT ![f][v] =
       IF x.st = "idle" THEN [x EXCEPT !.st = "out", !.lo = Len(clog), !.need = Len(clog)]
       ELSE IF M("l") THEN [x EXCEPT !.need = Len(clog)]
       ELSE [x EXCEPT !.wait = TRUE, !.wneed = Len(clog)]]
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, fr, net, nw, nr, badRead>>

\* Some replica reads, at a read point confirmed after the fetch started: the leader's commit index.
ReplicaRead(f, v) ==
  /\ fetch[f][v].st = "out"
  /\ \E i \in fetch[f][v].lo..Len(clog) :
       fetch' = [fetch EXCEPT ![f][v].st = "back", ![f][v].asOf = i]
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, fr, net, nw, nr, nf, badRead>>

FetchDone(f, v) ==
  /\ fetch[f][v].st = "back"
  /\ LET x == fetch[f][v] IN
     /\ badRead' = (badRead \/ LastW(v, x.need) > x.asOf)
     /\ fetch' = [fetch EXCEPT ![f][v] =
          IF x.wait THEN [NoFetch EXCEPT !.st = "out", !.lo = Len(clog), !.need = x.wneed] ELSE NoFetch]
  /\ UNCHANGED <<raft, sus, todo, hold, wait, sq, fr, net, nw, nr, nf>>

Next ==
  \/ Elect
  \/ \E t \in Terms : Commit(t) \/ Apply(t) \/ Probe(t)
  \/ \E f \in F, t \in Terms : Renew(f, t)
  \/ \E m \in net : Grant(m) \/ Reply(m) \/ Ack(m)
  \/ \E m \in net, f \in F : Suspend(f, m) \/ Resume(f, m)
  \/ \E t \in Terms, W \in Sets : Write(t, W) \/ Propose(t, W) \/ LatePropose(t, W) \/ Cancel(t, W) \/ Lift(t, W)
  \/ Tick
  \/ \E f \in F : Lapse(f) \/ Restart(f)
  \/ \E f \in F, v \in V : ReadFetch(f, v) \/ ReplicaRead(f, v) \/ FetchDone(f, v)

Spec == Init /\ [][Next]_vars

(******************************** Properties *******************************)
\* A cached read at f of v would be served now, and some cache may hold a copy as old as the floor:
\* no committed (so possibly seen) write to v may be missing from it.
Servable(f, v) == fr[f].rem > 0 /\ v \notin fr[f].susp
Fresh == \A f \in F, v \in V : Servable(f, v) => ~Stale(v, IF M("k") THEN 0 ELSE fr[f].floor[v])
FetchesFresh == ~badRead
\* Sanity of the Raft abstraction.
LeaderComplete == \A u \in clog[Len(clog)].t..maxTerm : IsPrefix(clog, log[u])

\* Things that must be reachable (checked as "never", to be refuted): the model is not vacuous.
NeverServedAfterWrite == ~\E f \in F, v \in V : Servable(f, v) /\ LastW(v, Len(clog)) > 1 /\ fr[f].term > 1
NeverServedAfterJoin  == ~\E f \in F, t \in Terms : /\ \A v \in V : Servable(f, v) /\ fr[f].term = t
                                                    /\ \E i, j \in 1..app[t] : clog[i].vs \cap clog[j].vs # {}
                                                                               /\ clog[i].vs # clog[j].vs

\* Messages that can have no effect any more are left out of a state's fingerprint (sound for Mut = {}).
Live(m) ==
  CASE m.k = "conf"   -> TRUE
    [] m.k = "reply"  -> Key(m.t, m.s) > fr[m.f].seen
    [] m.k = "susp"   -> O("ackold") \/ O("restart") \/ \E f \in F : m.t >= Term(fr[f].seen)
    [] m.k = "resume" -> O("restart") \/ \E f \in F : Key(m.t, m.s) > fr[f].seen
    [] m.k = "ack"    -> \E v \in V : sus[m.t][v].seq = m.s /\ sus[m.t][v].dl[m.f] > 0
StateView == <<maxTerm, log, clog, app, sus, todo, hold, wait, sq, fr, {m \in net : Live(m)}, nw, nr, fetch, nf, badRead>>
Symmetry == Permutations(F) \cup Permutations(V)
=============================================================================
