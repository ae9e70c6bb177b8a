#!/bin/sh
# TLC: the protocol itself, small bounds; every line must say "No error has been found".
t() { n=$1; shift; printf '%-4s ' $n; ./run.sh base-$n "$@" | grep -vE '^Progress' | tr '\n' ' ' | sed 's/ at (.*)//'; echo; }
t s1 f1 v1 2 1 1 0 1 1 '' ''
t s2 f1 v1 1 2 2 0 1 1 '' '"lapse"'
t s3 f1 v1 3 1 1 0 1 1 '' '"late"'
t s4 f1,f2 v1 1 1 2 0 2 2 '' ''
t s5 f1 v1,v2 1 2 1 0 1 1 '' '"probe"'
t s6 f1 v1 2 1 2 0 2 2 '' '"lapse", "cancel", "late", "restart", "ackold", "liftlost", "probe"'
t s7 f1 v1 1 1 1 2 1 1 '' ''
printf 'not vacuous (must be violated): '; ./run.sh vacuous f1 v1 2 1 2 0 1 1 '' '' NeverServedAfterWrite | head -1
printf 'not vacuous (must be violated): '; ./run.sh vacuous-join f1 v1,v2 1 2 1 0 1 1 '' '' NeverServedAfterJoin | head -1
