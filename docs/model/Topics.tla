------------------------------- MODULE Topics -------------------------------
(***************************************************************************)
(* Which views does a write affect, while writes before it may still move  *)
(* books from topic to topic?  com.pygmy.coherence.AffectedViews, and the  *)
(* order in which the leader proposes.  Leases, messages and terms are in  *)
(* Coherence.tla; all that is needed of them here is that a write is clear *)
(* to be proposed when each round that it waits for is answered, whenever  *)
(* that is, and that a view may be cached as soon as it is lifted.         *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Topics, None,   \* topics; "not on the shelf"
          Moved, Sold,    \* books that are revised and moved; books that are only sold
          MaxWrites,
          Mut             \* mutations: what is broken on purpose

VARIABLES shelf,     \* shelf[b]: the topic of b at the leader, in what it has applied
          state,     \* the same after the whole log
          pending,   \* writes admitted and not proposed, in the order of admission
          log,       \* writes in the log that the leader has not settled, in order
          applied,   \* how many of these the leader has applied
          sus,       \* suspended views
          rounds,    \* rounds that are not answered yet
          n,         \* writes admitted
          badWrite   \* a write changed a view that was not suspended

vars == <<shelf, state, pending, log, applied, sus, rounds, n, badWrite>>

M(x) == x \in Mut
Books == Moved \cup Sold
Book(b)  == <<"book", b>>
Topic(t) == <<"topic", t>>
Pages == {Topic(t) : t \in Topics}

\* Commands: a sale touches the book alone; "text" the book and its page; "put" moves it to a topic, or adds it.
Sales == [k : {"sale"}, b : Sold, to : {None}]
Moves == [k : {"text"}, b : Moved, to : {None}] \cup [k : {"put"}, b : Moved, to : Topics]
\* A write is a batch of at most two commands.
Batches == {<<c>> : c \in Sales \cup Moves} \cup {<<c, d>> : c \in Moves, d \in Sales \cup Moves}

After(c, s) == IF c.k = "put" THEN [s EXCEPT ![c.b] = c.to] ELSE s
Changed(c, s) ==
  CASE c.k = "sale" -> IF s[c.b] = None THEN {} ELSE {Book(c.b)}
    [] c.k = "text" -> IF s[c.b] = None THEN {} ELSE {Book(c.b), Topic(s[c.b])}
    [] c.k = "put"  -> {Book(c.b), Topic(c.to)} \cup (IF s[c.b] = None THEN {} ELSE {Topic(s[c.b])})

\* AffectedViews: over the shelf, the suspended views, and what the batch affects so far.
TopicsOf(b, soFar) ==
  (IF shelf[b] = None THEN {} ELSE {Topic(shelf[b])})
    \cup (IF ~M("shelf") /\ (shelf[b] = None \/ Book(b) \in sus \cup soFar) THEN sus \cap Pages ELSE {})
AddTo(c, soFar) ==
  soFar \cup (IF c.k = "sale" THEN {} ELSE TopicsOf(c.b, soFar))
        \cup (IF c.k = "put" THEN {Topic(c.to)} ELSE {})
        \cup {Book(c.b)}
Affected(batch) == LET one == AddTo(batch[1], {}) IN IF Len(batch) = 1 THEN one ELSE AddTo(batch[2], one)

Init == /\ shelf \in {s \in [Books -> Topics \cup {None}] : \A b \in Sold : s[b] # None}
        /\ state = shelf
        /\ pending = <<>> /\ log = <<>> /\ applied = 0
        /\ sus = {} /\ rounds = {} /\ n = 0 /\ badWrite = FALSE

\* The views that are not suspended are, together, in a round of their own, n + 1; it and those of the other views
\* are waited for.  A write that concerns pages waits for every round begun before it.
Admit(batch) ==
  /\ n < MaxWrites
  /\ n' = n + 1
  /\ LET views == Affected(batch)
         fresh == views \ sus
         joined == {r \in rounds : r.views \cap views # {}}
         waits == IF views \cap Pages # {} /\ ~M("overtake") THEN rounds ELSE joined
     IN  /\ sus' = sus \cup fresh
         /\ rounds' = rounds \cup (IF fresh = {} THEN {} ELSE {[id |-> n + 1, views |-> fresh]})
         /\ pending' = Append(pending, [batch |-> batch, views |-> views,
                                        waits |-> {r.id : r \in waits} \cup (IF fresh = {} THEN {} ELSE {n + 1})])
  /\ UNCHANGED <<shelf, state, log, applied, badWrite>>

Clear(w, open) == w.waits \cap open = {}
\* A round is answered.  What is clear now is proposed, in the order of admission, and decided by the log.
Take(s, open) == SelectSeq(s, LAMBDA w : Clear(w, open))
Keep(s, open) == SelectSeq(s, LAMBDA w : ~Clear(w, open))
RECURSIVE Run(_, _)
Run(batches, s) == IF batches = <<>> THEN s
                   ELSE LET b == Head(batches)
                            one == After(b[1], s)
                        IN  Run(Tail(batches), IF Len(b) = 1 THEN one ELSE After(b[2], one))
RECURSIVE Bad(_, _)
BadOne(w, s) == \/ ~(Changed(w.batch[1], s) \subseteq w.views)
                \/ Len(w.batch) = 2 /\ ~(Changed(w.batch[2], After(w.batch[1], s)) \subseteq w.views)
Bad(ws, s) == IF ws = <<>> THEN FALSE
              ELSE BadOne(Head(ws), s) \/ Bad(Tail(ws), Run(<<Head(ws).batch>>, s))
Propose(open) ==
  LET ws == Take(pending, open)
      bs == [i \in 1..Len(ws) |-> ws[i].batch]
  IN  /\ pending' = Keep(pending, open)
      /\ log' = log \o ws
      /\ state' = Run(bs, state)
      /\ badWrite' = (badWrite \/ Bad(ws, state))
Answer(r) ==
  /\ rounds' = rounds \ {r}
  /\ Propose({x.id : x \in rounds \ {r}})
  /\ UNCHANGED <<shelf, applied, sus, n>>
\* A write whose rounds were all answered when it was admitted.
Go ==
  /\ \E i \in 1..Len(pending) : Clear(pending[i], {x.id : x \in rounds})
  /\ Propose({x.id : x \in rounds})
  /\ UNCHANGED <<shelf, applied, sus, rounds, n>>

Apply ==
  /\ applied < Len(log)
  /\ applied' = applied + 1
  /\ shelf' = Run(<<log[applied + 1].batch>>, shelf)
  /\ UNCHANGED <<state, pending, log, sus, rounds, n, badWrite>>

\* The leader hears of what was applied, later, and lifts what no open write concerns.  (To lift later is the
\* same as to hear of it later.)
Settle ==
  /\ applied > 0
  /\ LET left == SubSeq(log, 2, Len(log))
         open == UNION ({left[i].views : i \in 1..Len(left)} \cup {pending[i].views : i \in 1..Len(pending)})
     IN  /\ log' = left
         /\ sus' = sus \cap open
  /\ applied' = applied - 1
  /\ UNCHANGED <<shelf, state, pending, rounds, n, badWrite>>

Next == \/ \E batch \in Batches : Admit(batch)
        \/ \E r \in rounds : Answer(r)
        \/ Go \/ Apply \/ Settle
Spec == Init /\ [][Next]_vars

\* A write changes only views that it affects; and those are suspended until it is settled, so nobody caches them.
Complete == ~badWrite
Suspended == \A i \in 1..Len(log) : log[i].views \subseteq sus
=============================================================================
