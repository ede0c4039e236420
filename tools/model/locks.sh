#!/bin/bash
# Checks the protocols of @ipc/lock exhaustively: every order of the atomic
# steps of a few processes, and the death of one or two of them before any step.
#
#   bash tools/model/locks.sh          some 30 seconds, needs spin and cc
#   bash tools/model/locks.sh --all    three minutes and 6 GB more: the death
#                                      of one of three on the reader-writer lock
#
# Without deaths no sleep ends by itself, so a lost wake-up is a deadlock, which
# is an error. With deaths, sleeps end by themselves, as slices do; what is
# checked then is that at most one is inside (or readers alone), that the next
# one is told of a holder that died at work, and, of two processes, that all who
# live come to their end under weak fairness. The words are sequentially
# consistent, as those of Atomics are.
#
# How a check is seen to be able to fail: delete a line of the model, such as
# the second look of a reader, or `|| isAwake`.
set -e
models=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

check() { # MODEL WHAT DEFINITIONS COMPILER_FLAGS CHECKER_FLAGS
  # shellcheck disable=SC2086
  spin -a $3 "$models/$1.pml" > spin.log || { cat spin.log; exit 1; }
  # shellcheck disable=SC2086
  cc -O2 -w -DCOLLAPSE -DMEMLIM=7000 $4 -o pan pan.c
  # shellcheck disable=SC2086
  ./pan $5 > pan.log 2>&1 || true
  states=$(sed -n 's/ *\([0-9.e+]*\) states, stored.*/\1/p' pan.log)
  if grep -q 'errors: 0' pan.log && ! grep -q 'max search depth too small\|out of memory' pan.log; then
    echo "ok      $1: $2 ($states states)"
  else
    cat pan.log
    echo "FAILED  $1: $2"
    exit 1
  fi
}

safety=-DSAFETY
check mutex "three processes, no deaths, no slices" "" $safety -m400000
check mutex "three processes, two deaths" "-DDEATHS=2 -DSLICE=1" $safety -m400000
check mutex "two processes, two deaths, all end" \
  "-DN=2 -DDEATHS=2 -DSLICE=1 -DLIVENESS" "" "-a -f -m400000"
check rw_lock "three processes, no deaths, no slices" "" $safety -m400000
check rw_lock "two processes, two rounds, two deaths" \
  "-DN=2 -DROUNDS=2 -DDEATHS=2 -DSLICE=1" $safety -m900000
check rw_lock "two processes, one death, all end" \
  "-DN=2 -DDEATHS=1 -DSLICE=1 -DLIVENESS" "" "-a -f -m400000"
if [ "$1" = --all ]; then
  check rw_lock "three processes, one death" "-DDEATHS=1 -DSLICE=1" \
    $safety -m900000
fi
echo "All is well"
