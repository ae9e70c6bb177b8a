#!/bin/sh
# TLC on one configuration.
# run.sh NAME FRONTENDS VIEWS TERMS WRITES RENEWALS READS D FD MUTATIONS OPTIONS [INVARIANTS] [TLC options...]
# e.g. TLA_JAR=tlatools.jar ./run.sh base f1,f2 v1 2 2 2 0 1 1 '' '"lapse", "late"'
N=$1; FS=$2; VS=$3; T=$4; W=$5; R=$6; RD=$7; DD=$8; FDD=$9; MU=${10}; OP=${11}
INV=${12:-"Fresh FetchesFresh LeaderComplete"}
OUT=${OUT:-out}
if [ $# -gt 12 ]; then shift 12; else shift $#; fi
mkdir -p "$OUT"
{ echo "SPECIFICATION Spec"
  echo "CONSTANTS"; for x in $(echo "$FS,$VS" | tr , ' '); do echo "  $x = $x"; done
  echo "  F = {$FS}"; echo "  V = {$VS}"
  echo "  MaxTerm = $T"; echo "  MaxWrites = $W"; echo "  MaxRenew = $R"; echo "  MaxReads = $RD"
  echo "  D = $DD"; echo "  FD = $FDD"; echo "  Mut = {$MU}"; echo "  Opt = {$OP}"
  [ -z "$NOSYM" ] && echo "SYMMETRY Symmetry"
  [ -z "$MU" ] && echo "VIEW StateView"
  for i in $INV; do echo "INVARIANT $i"; done
  echo "CHECK_DEADLOCK FALSE"; } > "$OUT/$N.cfg"
java -XX:+UseParallelGC -Xmx${HEAP:-3g} -cp "${TLA_JAR:?the TLC jar}" tlc2.TLC -workers ${WORKERS:-2} \
  -metadir "$OUT/$N.states" -config "$OUT/$N.cfg" "$@" Coherence.tla > "$OUT/$N.log" 2>&1
rm -rf "$OUT/$N.states"
grep -E 'Invariant .* is violated|No error|distinct states found|depth of the complete|Finished in|Error:' "$OUT/$N.log" | tail -6
