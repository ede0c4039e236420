/*
 * The reader-writer lock of @ipc/lock (lock/LAYOUT.md), for spin: each atomic
 * access is a step, and a process may die before each. See README.md.
 *
 * Each process has a slot of its own, and chooses in each round whether it
 * reads or writes. Writers do not mark the data as whole: how that goes is in
 * mutex.pml.
 *
 * DEATHS  how many may die
 * SLICE   whether a sleep may end by itself. If not, words have a version
 *         here, that a sleep compares as well: a word that has the same value
 *         again when the sleep begins is what only the slice helps against.
 */
#ifndef N
#define N 3
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef SLICE
#define SLICE 0
#endif

/* The state. */
byte owner;
bool died, waiters;
/* Drain: what it counts, and whether the writer may sleep on it. */
byte drain;
bool drainer;
/* The slots. */
mtype = { FREE, WAITING, READING };
mtype slot[N + 1] = FREE;

bool alive[N + 1], asleep[N + 1], drained[N + 1];
byte deaths, finished;

#if SLICE
#define changed
#define remember
#define isSame true
#else
byte version;
#define changed version++;
#define remember seenVersion = version;
#define isSame (version == seenVersion)
#endif

/* What it guards. */
byte readers, writers;
bool dirty;

#define die \
  if \
  :: skip \
  :: atomic { deaths < DEATHS -> deaths++; alive[me] = false; \
              readers = readers - isReading; writers = writers - isWriting; \
              goto end } \
  fi

inline wakeAll() {
  d_step {
    i = 1;
    do
    :: i > N -> break
    :: else -> asleep[i] = false; i++
    od;
    i = 0
  }
}

/* Looks at the state, and buries a dead owner. */
inline look() {
  do
  :: d_step { seen = owner; seenDied = died; seenWaiters = waiters }
     die;
     if
     :: seen == 0 -> isFree = true; break
     :: seen != 0 && alive[seen] -> isFree = false; break
     :: seen != 0 && !alive[seen] ->
       die;
       isFree = false;
       atomic {
         if
         :: owner == seen && died == seenDied && waiters == seenWaiters ->
           owner = 0; died = true; waiters = false; isFree = true; changed
         :: else
         fi
       }
       if
       :: isFree -> die; if :: seenWaiters -> wakeAll() :: else fi
       :: else
       fi
     fi
  od
}

inline signal() {
  d_step { wasDrainer = drainer; drain = (drain + 1) % 4 }
  die;
  if
  :: wasDrainer ->
    drainer = false; die;
    d_step {
      i = 1;
      do
      :: i > N -> break
      :: else -> drained[i] = false; i++
      od;
      i = 0
    }
  :: else
  fi
}

/* Sets WAITERS if there is an owner: seen is 0 if it is worth a look. */
inline announce() {
  d_step { seen = owner; seenDied = died; seenWaiters = waiters; remember }
  die;
  if
  :: seen != 0 && !seenWaiters ->
    atomic {
      if
      :: owner == seen && died == seenDied && !waiters -> waiters = true
      :: else -> seen = 0
      fi
    }
  :: else
  fi
}

inline sleepOnState() {
  if
  :: seen == 0
  :: else ->
    die;
    atomic {
      if
      :: owner == seen && died == seenDied && waiters && isSame ->
        asleep[me] = true
      :: else
      fi
    }
    if
    :: !asleep[me]
    :: SLICE -> asleep[me] = false
    fi
  fi
}

proctype user(byte me) {
  byte round, i, seen, seenDrain;
  bool seenDied, seenWaiters, isFree, isAwake, told, wasDrainer;
  bool isReading, isWriting, isDrained;
#if !SLICE
  byte seenVersion;
#endif
  do
  :: round == ROUNDS -> break
  :: round < ROUNDS -> /* reads */
    round++;
    die;
    slot[me] = READING;
    do
    :: die;
       look();
       if
       :: isFree -> break /* in */
       :: else
       fi;
       die;
       slot[me] = WAITING;
       die;
       signal();
       do
       :: die;
          announce();
          die;
          if
          :: slot[me] == READING -> goto granted
          :: else
          fi;
          sleepOnState();
          die;
          if
          :: slot[me] == READING -> goto granted
          :: else
          fi;
          look();
          if
          :: isFree -> break
          :: else
          fi
       od;
       die;
       atomic {
         if
         :: slot[me] == WAITING -> slot[me] = READING
         :: else
         fi
       }
    od;
granted:
    die;
    told = died;
    atomic { assert(writers == 0); assert(told || !dirty);
             readers++; isReading = true }
    die;
    atomic { readers--; isReading = false }
    die;
    slot[me] = FREE;
    die;
    if
    :: owner != 0 -> die; signal()
    :: else
    fi
  :: round < ROUNDS -> /* writes */
    round++;
    isAwake = false;
    do
    :: die;
       d_step { seen = owner; seenDied = died; seenWaiters = waiters }
       die;
       if
       :: seen == 0 || !alive[seen] ->
         die;
         atomic {
           if
           :: owner == seen && died == seenDied && waiters == seenWaiters ->
             owner = me; changed
             told = (seen != 0 || seenDied); died = told;
             waiters = seenWaiters || isAwake;
             break
           :: else
           fi
         }
       :: else -> announce(); sleepOnState(); isAwake = true
       fi
    od;
    do /* drain */
    :: die;
       d_step { seenDrain = drain; wasDrainer = drainer }
       isDrained = true;
       i = 1;
       do
       :: i > N -> break
       :: i <= N && slot[i] != READING -> die; i++
       :: i <= N && slot[i] == READING && !alive[i] ->
          die; slot[i] = FREE; i++
       :: i <= N && slot[i] == READING && alive[i] ->
          isDrained = false; break
       od;
       i = 0;
       if
       :: isDrained -> break
       :: else
       fi;
       die;
       atomic {
         if
         :: drain == seenDrain && drainer == wasDrainer -> drainer = true
         :: else -> seenDrain = 9
         fi
       }
       die;
       atomic {
         if
         :: drain == seenDrain && drainer -> drained[me] = true
         :: else
         fi
       }
       if
       :: !drained[me]
       :: SLICE -> drained[me] = false
       fi
    od;
    die;
    atomic { assert(writers == 0 && readers == 0); assert(told || !dirty);
             writers++; isWriting = true }
    die;
    if
    :: !dirty -> dirty = true; die; dirty = false
    :: else
    fi;
    die;
    atomic { writers--; isWriting = false }
    die;
    i = 1;
    do /* lets in the readers that wait */
    :: i > N -> break
    :: else ->
      atomic { if :: slot[i] == WAITING -> slot[i] = READING :: else fi }
      die;
      i++
    od;
    i = 0;
    atomic { assert(owner == me); seenWaiters = waiters;
             owner = 0; waiters = false; changed }
    die;
    if
    :: seenWaiters -> wakeAll()
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
