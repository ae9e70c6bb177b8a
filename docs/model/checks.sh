#!/bin/sh
# The protocol itself; every line must say SAFE.   ./checks.sh [1|2|big]  (parts, to run side by side)
LIM=${LIM:-80000000}
BIN=${BIN:-./coherence}
#  name            F V T W R Rd D FD mut opt
c() {
  n=$1; shift; s=$(date +%s)
  r=$(timeout "${TMO:-600}" "$BIN" "$@" "$LIM" 2>/dev/null || echo "TIME OUT OR VIOLATED")
  printf '%-16s %-62s %s, %s s\n' "$n" "$*" "$r" $(( $(date +%s) - s ))
}
if [ "${1:-1}" = 1 ]; then
c one             1 1 2 2 2 0 2 2 - -
c lapse           1 1 2 2 2 0 2 2 - lapse,cancel
c two-frontends   2 1 2 1 2 0 1 1 - -
c two-views       1 2 2 2 2 0 1 1 - -
c drift           1 1 2 1 2 0 5 4 - drift
c drift-two       2 1 1 1 2 0 5 4 - drift
c reads           1 1 2 2 1 3 1 1 - -
c three-renewals  1 1 1 2 3 0 2 2 - lapse
c renewals-terms  1 1 2 2 3 0 1 1 - lapse
c two-views-d2    1 2 1 2 2 0 2 2 - lapse,cancel
c two-f-d2        2 1 1 2 2 0 2 2 - lapse
c probes          1 1 2 2 3 0 1 1 - probe,lapse
c probes-views    1 2 1 2 3 0 1 1 - probe,cancel
fi
if [ "${1:-2}" = 2 ]; then
c faults          1 1 2 2 2 0 1 1 - lapse,cancel,late,liftlost,restart,ackold,probe
c faults-two-f    2 1 2 1 2 0 1 1 - lapse,cancel,late,restart,ackold
c faults-views    1 2 1 3 1 0 1 1 - lapse,cancel,restart,ackold
c three-writes    1 1 2 3 2 0 1 1 - -
c three-w-views   1 2 1 3 2 0 1 1 - -
c two-by-two      2 2 1 2 2 0 1 1 - -
c three-frontends 3 1 1 1 3 0 1 1 - -
c four-w-one-t    1 1 1 4 3 0 1 1 - lapse,cancel
c two-f-two-t     2 1 2 2 2 0 1 1 - -
c two-f-two-t-d2  2 1 2 1 2 0 2 2 - lapse
c three-terms     1 1 3 1 3 0 1 1 - late
c three-terms-w   1 1 3 2 1 0 1 1 - late,liftlost
c four-terms      1 1 4 1 1 0 1 1 - late
fi
if [ "$1" = big ]; then
c big-renewals    2 1 2 2 3 0 1 1 - -
c big-writes      1 1 2 3 3 0 1 1 - -
c big-views       1 2 2 3 2 0 1 1 - -
c big-views-d2    1 2 1 3 2 0 2 2 - -
c big-ticks       1 1 2 2 3 0 2 2 - -
fi
