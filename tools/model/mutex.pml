/*
 * The mutex of @ipc/lock (lock/LAYOUT.md), for spin: each atomic access is a
 * step, and a process may die before each. See README.md.
 *
 * DEATHS  how many may die
 * SLICE   whether a sleep may end by itself
 */
#ifndef N
#define N 3
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef SLICE
#define SLICE 0
#endif

/* The word: bits 0 to 29, 30 and 31. */
byte owner;
bool died, waiters;

bool alive[N + 1], asleep[N + 1];
byte deaths, finished;

/* What the mutex guards: who works on it, and whether it is half changed. */
byte inside;
bool dirty;

#define die \
  if \
  :: skip \
  :: atomic { deaths < DEATHS -> deaths++; alive[me] = false; \
              asleep[me] = false; \
              if :: isInside -> inside-- :: else fi; \
              goto end } \
  fi

/* FUTEX_WAKE of one: any of those that sleep. */
inline wakeOne() {
  atomic {
    if
    :: asleep[1] -> asleep[1] = false
    :: asleep[2] -> asleep[2] = false
    :: asleep[N] -> asleep[N] = false
    :: else
    fi
  }
}

proctype user(byte me) {
  byte round, seen;
  bool seenDied, seenWaiters, isAwake, told, isInside, isTaken;
  do
  :: round == ROUNDS -> break
  :: else ->
    round++;
    isAwake = false;
    isTaken = false;
    die;
    atomic { /* the exchange of 0 */
      if
      :: owner == 0 && !died && !waiters ->
        owner = me; told = false; isTaken = true
      :: else
      fi
    }
    do
    :: isTaken -> break
    :: else ->
      die;
      d_step { seen = owner; seenDied = died; seenWaiters = waiters }
      die;
      if
      :: seen == 0 || !alive[seen] ->
        die; /* it was found dead, and is taken a step later */
        atomic {
          if
          :: owner == seen && died == seenDied && waiters == seenWaiters ->
            owner = me; isTaken = true;
            told = (seen != 0 || seenDied);
            died = told;
            waiters = seenWaiters || isAwake
          :: else
          fi
        }
      :: else ->
        if
        :: !seenWaiters ->
          atomic {
            if
            :: owner == seen && died == seenDied && !waiters ->
              waiters = true; seenWaiters = true
            :: else
            fi
          }
        :: else
        fi;
        die;
        if
        :: seenWaiters ->
          atomic { /* FUTEX_WAIT compares, and sleeps */
            if
            :: owner == seen && died == seenDied && waiters ->
              asleep[me] = true
            :: else
            fi
          }
          if
          :: !asleep[me] -> skip
          :: SLICE && asleep[me] -> asleep[me] = false
          :: atomic { asleep[me] && deaths < DEATHS -> deaths++;
                      alive[me] = false; asleep[me] = false; goto end }
          fi;
          isAwake = true
        :: else /* it changed: look again */
        fi
      fi
    od;
    /* The holder works. */
    atomic {
      assert(inside == 0);
      assert(told || !dirty);
      inside++; isInside = true
    }
    if
    :: told -> die; dirty = false; die; died = false
    :: told /* and releases it without a word, as an exception would */
    :: else
    fi;
    die;
    if
    :: !dirty -> dirty = true; die; dirty = false
    :: else
    fi;
    atomic { inside--; isInside = false }
    die;
    /* The release. */
    atomic {
      assert(owner == me);
      seenWaiters = waiters; owner = 0; waiters = false
    }
    die;
    if
    :: seenWaiters -> wakeOne()
    :: else
    fi
  od;
end:
  finished++
}

init {
  atomic {
    byte i = 1;
    do
    :: i > N -> break
    :: else -> alive[i] = true; run user(i); i++
    od
  }
}

#ifdef LIVENESS
/* Everybody who lives gets it, and leaves it: nobody waits for ever. */
ltl ends { <> (finished == N) }
#endif
