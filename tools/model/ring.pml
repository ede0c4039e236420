/*
 * The ring and its handshake of sleep and wake, for every order of the steps
 * of its two sides:
 *
 *   spin -a ring.pml && cc -O2 -DSAFETY -o pan pan.c && ./pan -m100000
 *
 * and again with `spin -DDEATH -a`, where the producer may die at any step.
 *
 * What is checked: each message comes once and in order; and no side sleeps
 * for ever, which would be an end in an invalid state (a deadlock).
 *
 * A word holds a position and the bit that the other side sets, as in
 * LAYOUT.md. Positions count messages; the lane holds SIZE of them.
 */

#define SIZE 2
#define MESSAGES 5

byte lane[SIZE];          /* the records */
byte tail_at = 0, head_at = 0;
bit asleep = 0;           /* bit 0 of the tail: the consumer sleeps */
bit waiting = 0;          /* bit 0 of the head: the producer sleeps */

/* Bells: how many bytes are in them. A full one swallows the next ring. */
byte consumer_bell = 0, producer_bell = 0;
#define BELL 2
#define ring(bell) if :: bell < BELL -> bell++ :: else fi

byte state = 0;           /* of the lane: 1 there, 2 closed */
bit locked = 0;           /* the producer's lock, which its death gives back */
bit hung_up = 0;          /* nobody has the consumer's bell open for writing */

byte received = 0;
bit is_dead = 0, is_over = 0;

/* The producer may die between any two steps. */
#ifdef DEATH
#define step(action) \
  if \
  :: atomic { action } \
  :: atomic { is_dead = 1; locked = 0; hung_up = 1; goto dead } \
  fi
#else
#define step(action) atomic { action }
#endif

active proctype Producer() {
  byte sent = 0, seen_head = 0;
  bit was;
  step(locked = 1);
  step(state = 1);
  step(ring(consumer_bell));
  do
  :: sent < MESSAGES ->
    /* Find room. */
    do
    :: sent - seen_head < SIZE -> break
    :: else ->
      step(seen_head = head_at);
      if
      :: sent - seen_head < SIZE -> break
      :: else
      fi;
      /* Ask to be woken, and look again in the same step. */
      step(waiting = 1; seen_head = head_at);
      if
      :: sent - seen_head == SIZE ->
        /* Sleep until the bell rings, and take every ring. */
        step(producer_bell > 0 -> producer_bell = 0)
      :: else
      fi;
      step(waiting = 0)
    od;
    /* Write the record, then exchange the tail. */
    step(lane[sent % SIZE] = sent + 1);
    step(tail_at = sent + 1; was = asleep; asleep = 0; sent++);
    if
    :: was -> step(ring(consumer_bell))
    :: else
    fi
  :: else -> break
  od;
  /* Close it: the state first, then the tail once more. */
  step(state = 2);
  step(was = asleep; asleep = 0);
  if
  :: was -> step(ring(consumer_bell))
  :: else
  fi;
  atomic { locked = 0; hung_up = 1 };
dead:
  skip
}

active proctype Consumer() {
  byte head = 0, seen_tail = 0;
  bit was, kept = 1; /* it keeps its own bell open while nobody is there */
  do
  :: seen_tail != head ->
    /* Read the record, then exchange the head. */
    atomic {
      assert(lane[head % SIZE] == head + 1);
      head++;
      received = head
    };
    atomic { head_at = head; was = waiting; waiting = 0 };
    if
    :: was -> ring(producer_bell)
    :: else
    fi
  :: else ->
    seen_tail = tail_at;
    if
    :: seen_tail == head ->
      /* Ask to be woken, and look again in the same step. */
      atomic { asleep = 1; seen_tail = tail_at };
      if
      :: seen_tail != head
      :: else ->
        if
        :: state == 1 -> kept = 0
        :: state == 2 ->
          /* What was sent before the end comes first. */
          seen_tail = tail_at;
          if
          :: seen_tail == head -> break
          :: else
          fi
        :: state == 0 -> kept = 1
        fi;
        if
        :: seen_tail != head
        :: else ->
          /* Sleep until the bell rings or is at its end. */
          if
          :: atomic { consumer_bell > 0 -> consumer_bell = 0 }
          :: atomic { consumer_bell == 0 && hung_up && !kept } ->
            kept = 1;
            if
            :: state == 1 && !locked ->
              /* Dead; what it had sent comes first. */
              seen_tail = tail_at;
              if
              :: seen_tail == head -> state = 0; break
              :: else
              fi
            :: else
            fi
          :: atomic { is_dead && kept && consumer_bell == 0 } ->
            /*
             * One that dies before it has rung was never there: nothing was
             * sent, and this side sleeps on until the next one rings.
             */
            break
          fi
        fi
      fi;
      asleep = 0
    :: else
    fi
  od;
  /* Nothing that was committed is lost. */
  assert(head == tail_at);
  assert(is_dead || head == MESSAGES);
  is_over = 1
}
