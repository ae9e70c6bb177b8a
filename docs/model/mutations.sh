#!/bin/sh
# Every mutation must be VIOLATED; prints a shortest trace of each: traces.txt.
BIN=${BIN:-./coherence}
m() { echo "== mutation $1: $2"; shift 2; timeout 300 "$BIN" "$@" 60000000 2>/dev/null; }
m a "a new leader does not wait D"                                1 1 2 1 1 0 1 1 a trace
m b "F counts its lease from the reply"                           1 1 1 1 1 0 1 1 b trace
m c "proposal before all acks or expiry"                          1 1 1 1 1 0 1 1 c trace
m d "a resume does not raise the floor"                           1 1 1 1 1 0 1 1 d trace
m e "resume before apply, with the index applied then"            1 1 1 1 1 0 1 1 e trace
m f "the reply lacks the suspended set"                           1 1 1 1 1 0 1 1 f trace
m g "a lapsed lease goes on with its old floors"                  1 1 1 1 2 0 1 1 g trace
m h "grants without confirming leadership"                        1 1 2 1 1 0 1 1 h trace
m i "no fencing by term"                                          1 1 2 1 1 0 1 1 i late,trace
m j "no sequence check on replies"                                1 1 1 1 1 0 1 1 j trace
m k "copies served without asOf >= floor"                         1 1 1 1 1 0 1 1 k trace
m l "a read joins a fetch that started before it"                 1 1 1 1 0 2 1 1 l trace
m resord "a resume is not ordered within its term"                1 1 1 2 1 0 1 1 resord trace
m resterm "a resume of an older term is obeyed"                   1 1 2 2 2 0 1 1 resterm cancel,trace
m oldterm "a reply of an older term is taken"                     1 1 2 2 2 0 1 1 oldterm trace
m ackseq "an ack does not name its suspend"                       1 1 1 2 1 0 1 1 ackseq trace
m nolease "a suspend that comes without a lease is acked and forgotten" 1 1 1 1 1 0 1 1 nolease trace
m hotjoin "a write does not wait for the rounds of views that were suspended already" 1 1 1 2 1 0 1 1 hotjoin trace
m hotjoin "the same, where the write also begins a round of its own" 1 2 1 2 1 0 1 1 hotjoin trace
m nofifo "a later write was applied, so an earlier one counts as decided, though proposals are not first in, first out" 1 1 1 2 1 0 1 1 nofifo trace
m liftfail "a deposed leader lifts the views of undecided writes" 1 1 2 1 1 0 1 1 liftfail trace
m lastsent "a reply is reckoned from the last request's send time" 1 1 1 1 2 0 1 1 lastsent trace
m noready "grants before an entry of the leader's own term is applied" 1 1 2 1 1 0 1 1 noready trace
m follower "the confirming read is answered by a successor"       1 1 2 1 1 0 1 1 follower trace
m confjoin "a renewal joins a confirmation that began before it"  1 1 2 1 2 0 1 1 confjoin trace
m snapapp "the reply's applied index is of before the confirmation" 1 1 1 1 1 0 1 1 snapapp trace
m snapsusp "the reply's suspended set is of before the confirmation" 1 1 1 1 1 0 1 1 snapsusp trace
m reborn "a frontend started anew takes a reply to its predecessor" 1 1 1 1 1 0 1 1 reborn restart,trace
m fixdrop "a holder that renewed since is forgotten when its earlier lease ends" 1 2 1 2 2 0 2 2 fixdrop trace
m drift "a lease lasts longer at F than at L (FD = D + 1)"        1 1 1 1 1 0 1 2 - trace
