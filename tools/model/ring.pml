/*
 * The ring and its handshake of sleep and wake, for every order of the steps
 * of its sides:
 *
 *   spin -a ring.pml && cc -O2 -DSAFETY -o pan pan.c && ./pan -m100000
 *
 * and again with `spin -DDEATH -a`, where producers may die at any step, and
 * each may have an heir of its lane, and with `-DLANES=2` besides.
 *
 * What is checked: each message comes once and in order; no side sleeps for
 * ever; and the consumer is told of the end, and of each death of a producer
 * that was there, also while another one lives.
 *
 * A word holds a position and the bit that the other side sets, as in
 * LAYOUT.md. Positions count messages; a lane holds SIZE of them.
 */

#ifndef LANES
#define LANES 1
#endif
#if LANES == 1
#define SIZE 2
#define MESSAGES 4
#else
#define SIZE 1
#define MESSAGES 1
#endif

typedef Lane {
  byte records[SIZE];
  byte tail_at, head_at;
  bit asleep;             /* bit 0 of the tail: the consumer sleeps */
  bit waiting;            /* bit 0 of the head: the producer sleeps */
  byte state;             /* 1 there, 2 closed */
  byte deaths;            /* how many producers have died, in the same word */
  byte told;              /* how many of them the consumer has told of */
  bit locked;             /* the producer's lock, which its death gives back */
  /* Bells: how many bytes are in them. A full one swallows the next ring. */
  byte consumer_bell, producer_bell;
  bit hung;               /* the producer has the consumer's bell open */
  bit kept;               /* the consumer has, since nobody is there */
  /* What has happened, for the check at the end. */
  byte died, heirs;
  bit is_over
};
Lane lanes[LANES];
bit listening = 0;        /* the consumer has opened its bells */

#define BELL 2
#define ring_producer(l) \
  if :: l.producer_bell < BELL -> l.producer_bell++ :: else fi
/* Nobody hears it before the consumer is there. */
#define ring_consumer(l) \
  if :: listening && l.consumer_bell < BELL -> l.consumer_bell++ :: else fi

/* A producer may die between any two steps. */
#ifdef DEATH
#define step(action) \
  if \
  :: atomic { action } \
  :: atomic { lane.died = lane.died + isThere; goto dead } \
  fi
#else
#define step(action) atomic { action }
#endif
#define lane lanes[i]

proctype Producer(byte i) {
  byte sent, seen_head;
  bit was, isThere;
start:
  isThere = 0;
  atomic { !lane.locked -> lane.locked = 1 };
  /* One that died here before, and that nobody has noticed. */
  step(if :: lane.state == 1 -> lane.state = 0; lane.deaths++ :: else fi);
  step(lane.hung = 1);
  /* First it rings, so that the consumer watches it, then it is there. */
  step(ring_consumer(lane));
  step(lane.state = 1; isThere = 1; sent = lane.tail_at; seen_head = lane.head_at);
  do
  :: sent < MESSAGES ->
    /* Find room. */
    do
    :: sent - seen_head < SIZE -> break
    :: else ->
      step(seen_head = lane.head_at);
      if
      :: sent - seen_head < SIZE -> break
      :: else
      fi;
      /* Ask to be woken, and look again in the same step. */
      step(lane.waiting = 1; seen_head = lane.head_at);
      if
      :: sent - seen_head == SIZE ->
        /* Sleep until the bell rings, and take every ring. */
        step(lane.producer_bell > 0 -> lane.producer_bell = 0)
      :: else
      fi;
      step(lane.waiting = 0)
    od;
    /* Write the record, then exchange the tail. */
    step(lane.records[sent % SIZE] = sent + 1);
    step(lane.tail_at = sent + 1; was = lane.asleep; lane.asleep = 0; sent++);
    if
    :: was -> step(ring_consumer(lane))
    :: else
    fi
  :: else -> break
  od;
  /* Close it: the state first, then the tail once more. */
  step(lane.state = 2; isThere = 0);
  step(was = lane.asleep; lane.asleep = 0);
  if
  :: was -> step(ring_consumer(lane))
  :: else
  fi;
  lane.heirs = 0;
dead:
  /* The kernel closes what it had open, in any order. */
  if
  :: lane.hung = 0; lane.locked = 0
  :: lane.locked = 0; lane.hung = 0
  fi;
  if
  :: lane.heirs > 0 -> lane.heirs--; goto start
  :: else -> lane.is_over = 1
  fi
}
#undef lane

byte head[LANES], seen[LANES];
#define each(i) i : 0 .. LANES - 1
#define ended(l) (l.consumer_bell == 0 && !l.hung && !l.kept)
#if LANES == 1
#define any_ready (lanes[0].consumer_bell > 0 || ended(lanes[0]))
#define any_there (lanes[0].state == 1)
#define any_closed (lanes[0].state == 2)
#define any_more (seen[0] != head[0])
#else
#define any_ready (lanes[0].consumer_bell > 0 || ended(lanes[0]) || \
  lanes[1].consumer_bell > 0 || ended(lanes[1]))
#define any_there (lanes[0].state == 1 || lanes[1].state == 1)
#define any_closed (lanes[0].state == 2 || lanes[1].state == 2)
#define any_more (seen[0] != head[0] || seen[1] != head[1])
#endif

/* Takes every ring, and looks who is gone at the end of the bell. */
inline listen(l) {
  do
  :: atomic { l.consumer_bell > 0 -> l.consumer_bell = 0; l.kept = 0 }; break
  :: atomic { l.consumer_bell == 0 && (l.hung || l.kept) -> break }
  :: ended(l) ->
    l.kept = 1;
    if
    :: l.state != 1 -> break
    :: else
    fi;
    if
    :: atomic { !l.locked -> l.locked = 1 };
      if
      :: atomic { l.state == 1 -> l.state = 0; l.deaths++ }
      :: else
      fi;
      l.locked = 0;
      break
    :: l.locked -> l.kept = 0
    fi
  od
}

active proctype Consumer() {
  byte i;
  bit was, has_news;
  listening = 1;
  for (each(i)) { listen(lanes[i]) }
  do
  :: any_more ->
    for (each(i)) {
      if
      :: seen[i] != head[i] ->
        /* Read the record, then exchange the head. */
        atomic {
          assert(lanes[i].records[head[i] % SIZE] == head[i] + 1);
          head[i]++
        };
        atomic {
          lanes[i].head_at = head[i];
          was = lanes[i].waiting;
          lanes[i].waiting = 0
        };
        if
        :: was -> ring_producer(lanes[i])
        :: else
        fi
      :: else
      fi
    }
  :: else ->
    /* Ask to be woken, and look again in the same step. */
    for (each(i)) { atomic { lanes[i].asleep = 1; seen[i] = lanes[i].tail_at } };
    has_news = any_more;
    /* Deaths are told once what was sent before is received. */
    for (each(i)) {
      if
      :: lanes[i].deaths != lanes[i].told ->
        has_news = 1;
        seen[i] = lanes[i].tail_at;
        if
        :: seen[i] == head[i] -> lanes[i].told = lanes[i].deaths
        :: else
        fi
      :: else
      fi
    };
    if
    :: !has_news && !any_there ->
      /* The end is told once what was sent before is received. */
      if
      :: any_closed ->
        has_news = 1;
        for (each(i)) { seen[i] = lanes[i].tail_at };
        if
        :: !any_more ->
          for (each(i)) {
            if
            :: atomic { lanes[i].state == 2 -> lanes[i].state = 0 }
            :: else
            fi
          }
        :: else
        fi
      :: else
      fi
    :: else
    fi;
    if
    :: !has_news ->
      /* Sleep until a bell rings or is at its end. */
end_sleep:
      any_ready;
      for (each(i)) { lanes[i].asleep = 0 };
      for (each(i)) {
        if
        :: lanes[i].consumer_bell > 0 || ended(lanes[i]) -> listen(lanes[i])
        :: else
        fi
      }
    :: else ->
      for (each(i)) { lanes[i].asleep = 0 }
    fi
  od
}

/* Nothing moves any more: everything was delivered, and all was told. */
active proctype Check() {
  byte i;
  timeout;
  for (each(i)) {
    assert(lanes[i].is_over);
    assert(lanes[i].state == 0);
    assert(lanes[i].head_at == lanes[i].tail_at);
    assert(lanes[i].told == lanes[i].died);
#ifndef DEATH
    assert(lanes[i].head_at == MESSAGES)
#endif
  }
}

init {
  byte i;
  atomic {
    for (each(i)) {
#if defined(DEATH) && LANES == 1
      lanes[i].heirs = 1;
#endif
      run Producer(i)
    }
  }
}
