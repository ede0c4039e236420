/*
 * Both sides of a ring in C: ring/LAYOUT.md as a program, for rings with one
 * producer that wait when they are full. Linux only.
 *
 * ring_open opens one side of a ring that exists. ring_send sends,
 * ring_receive receives; both sleep in poll(2) while they have to wait.
 */
#ifndef RING_H
#define RING_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef RING_STEP /* tests stop at the steps of the protocol */
#define RING_STEP(n)
#endif
#if defined(__x86_64__)
#define RING_PAUSE() __builtin_ia32_pause()
#else
#define RING_PAUSE() __asm__ volatile("isb")
#endif

enum { RING_CONSUMER, RING_PRODUCER };
enum { RING_MAGIC = 0x474e4952 };
enum { RING_END = -1, RING_DIED = -2, RING_DAMAGED = -3 };
/* The words of a lane, and the bits below the position in two of them. */
enum { RING_TAIL = 0, RING_STATE = 1, RING_PID = 2, RING_DEAD = 4, RING_HEAD = 16, RING_TOLD = 17 };
enum { RING_ASLEEP = 1, RING_GONE = 2, RING_WAITING = 1, RING_BITS = 7 };
/* The state: what the producer does, and above it how many have died. */
enum { RING_NOBODY = 0, RING_THERE = 1, RING_CLOSED = 2, RING_KIND = 3 };

typedef struct {
  int role, file, bell, ringer, keeper, pauses, yields;
  char keeper_path[300];
  _Atomic uint32_t *header, *control; /* 256 bytes each */
  uint8_t *data;
  uint32_t capacity, position, seen; /* seen: of the other side */
  uint32_t consumers; /* of the producer: how many had gone before it came */
} ring_t;

static int ring_lock(int file, off_t byte, short type) {
  struct flock lock = {.l_type = type, .l_start = byte, .l_len = 1};
  return fcntl(file, F_OFD_SETLK, &lock) == 0;
}

/* The end of a FIFO that writes, also where nobody reads yet. */
static int ring_writer(const char *path) {
  int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (reader == -1) return -1;
  int writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  close(reader);
  return writer;
}

static void ring_keep(ring_t *r) {
  if (r->keeper == -1) r->keeper = ring_writer(r->keeper_path);
}

static void ring_let_go(ring_t *r) {
  if (r->keeper != -1) close(r->keeper);
  r->keeper = -1;
}

/* With the lock of the lane: counts a death, if a producer seems to be there. */
static void ring_count_death(ring_t *r) {
  uint32_t state = r->control[RING_STATE];
  if ((state & RING_KIND) != RING_THERE) return;
  r->control[RING_DEAD] = r->control[RING_PID];
  r->control[RING_STATE] = state - RING_THERE + RING_KIND + 1;
}

static void ring_say(ring_t *r, uint32_t kind) {
  r->control[RING_STATE] = (r->control[RING_STATE] & ~RING_KIND) | kind;
}

static int ring_other_is_there(ring_t *r) {
  return r->role == RING_PRODUCER ? r->header[32] != 0
                                  : (r->control[RING_STATE] & RING_KIND) == RING_THERE;
}

/* Buries who seems to be there, if it is dead: its lock is free. */
static int ring_bury(ring_t *r) {
  off_t byte = r->role == RING_PRODUCER ? 1 : 16;
  if (!ring_lock(r->file, byte, F_WRLCK)) return 0;
  if (r->role == RING_PRODUCER) r->header[32] = 0; /* it sees the count */
  else ring_count_death(r);
  ring_lock(r->file, byte, F_UNLCK);
  return 1;
}

/* Takes every ring, and looks who is gone at the end of the bell. */
static void ring_listen(ring_t *r) {
  char rings[256];
  for (int i = 0; i < 50; i++, usleep(500)) {
    ssize_t count;
    while ((count = read(r->bell, rings, sizeof rings)) > 0)
      ring_let_go(r); /* who rings is there, and is watched from now on */
    if (count < 0) return;
    ring_keep(r);
    if (!ring_other_is_there(r) || ring_bury(r)) return;
    ring_let_go(r); /* another has come, or this one is about to be gone */
  }
}

/* Wakes the other side, if it is there. */
static void ring_ring(ring_t *r) {
  if (write(r->ringer, "", 1) == -1 && errno != EAGAIN && errno != EPIPE)
    perror("ring");
}

/* Gives back what ring_open has taken. */
static void ring_free(ring_t *r) {
  ring_let_go(r);
  if (r->bell != -1) close(r->bell);
  if (r->ringer != -1) close(r->ringer);
  if (r->header != NULL) munmap((void *)r->header, 4096 + r->capacity);
  if (r->file != -1) close(r->file); /* and with it goes the lock */
}

static int ring_join(ring_t *r, const char *name) {
  int producer = r->role;
  if ((r->file = shm_open(name, O_RDWR, 0)) == -1) return -1;
  struct stat s;
  uint32_t h[64];
  if (fstat(r->file, &s) || pread(r->file, h, sizeof h, 0) != sizeof h || h[0] != RING_MAGIC ||
      h[1] != 1 || h[2] != 0 || h[3] != 1 || h[4] < 64 || h[4] > 1u << 30 || h[4] & (h[4] - 1) ||
      s.st_size < 4096 + (off_t)h[4])
    return errno = EPROTO, -1;
  if (!ring_lock(r->file, producer ? 16 : 1, F_WRLCK)) return errno = EBUSY, -1;
  RING_STEP(1);
  uint8_t *memory = mmap(NULL, 4096 + h[4], PROT_READ | PROT_WRITE, MAP_SHARED, r->file, 0);
  if (memory == MAP_FAILED) return -1;
  r->header = (void *)memory, r->control = (void *)(memory + 256), r->data = memory + 4096;
  r->capacity = h[4];
  char path[300];
  snprintf(path, sizeof path, "/dev/shm%s.%08x%08x.%s", name, h[7], h[6], producer ? "c0" : "p0");
  snprintf(r->keeper_path, sizeof path, "/dev/shm%s.%08x%08x.%s", name, h[7], h[6], producer ? "p0" : "c0");
  r->bell = open(r->keeper_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (r->bell == -1 || (r->ringer = ring_writer(path)) == -1) return -1;
  RING_STEP(2);
  if (producer) ring_count_death(r); /* one before, that nobody has noticed */
  ring_listen(r);
  ring_ring(r); /* first, so that the other side watches this one */
  RING_STEP(12);
  if (producer) {
    r->position = r->control[RING_TAIL] & ~RING_BITS;
    r->seen = r->control[RING_HEAD] & ~RING_BITS;
    r->consumers = r->header[33] - (r->header[32] != 0);
    r->control[RING_PID] = (uint32_t)getpid();
    ring_say(r, RING_THERE);
  } else {
    r->position = r->control[RING_HEAD] & ~RING_BITS;
    r->seen = atomic_fetch_and(&r->control[RING_TAIL], ~RING_BITS) & ~RING_BITS;
    r->header[32] = 1; /* it is there */
    r->header[33]++;
    r->header[34] = (uint32_t)getpid();
  }
  RING_STEP(3);
  uint32_t used = producer ? r->position - r->seen : r->seen - r->position;
  return used > r->capacity ? (errno = EPROTO, -1) : 0;
}

/* Opens one side of a ring; -1 and errno if it fails: EBUSY, EPROTO ... */
static int ring_open(ring_t *r, const char *name, int role) {
  memset(r, 0, sizeof *r);
  signal(SIGPIPE, SIG_IGN);
  r->role = role, r->pauses = 50, r->yields = 100;
  r->file = r->bell = r->ringer = r->keeper = -1;
  if (ring_join(r, name) == 0) return 0;
  int error = errno;
  ring_free(r);
  return errno = error, -1;
}

/* Whether there is an end to be told: RING_END, RING_DIED, or 0. A consumer is
 * told once, and a producer as long as nobody is there who could make room. */
static int ring_end(ring_t *r) {
  if (r->role == RING_PRODUCER) {
    /* Read in this order: a consumer says that it is there, then counts itself. */
    uint32_t consumers = r->header[33];
    return consumers != r->consumers && !ring_other_is_there(r) ? RING_END : 0;
  }
  uint32_t state = r->control[RING_STATE];
  /* What was sent before it comes first. */
  if ((atomic_load(&r->control[RING_TAIL]) & ~RING_BITS) != r->position) return 0;
  if (state / (RING_KIND + 1) != r->control[RING_TOLD]) {
    r->control[RING_TOLD] = state / (RING_KIND + 1);
    return RING_DIED;
  }
  if ((state & RING_KIND) != RING_CLOSED) return 0;
  atomic_compare_exchange_strong(&r->control[RING_STATE], &state, state - RING_CLOSED);
  return RING_END;
}

/*
 * Sleeps until the other side rings, is gone, or a bell says nothing new. The
 * flag was set before, and the ring looked at again.
 */
static int ring_sleep(ring_t *r) {
  int end = ring_end(r);
  if (end != 0) return end;
  RING_STEP(4);
  struct pollfd bell = {r->bell, POLLIN, 0};
  poll(&bell, 1, -1);
  ring_listen(r);
  return 0;
}

/* Whether there is more of what was seen; ring_peek looks again. */
static int ring_has_more(ring_t *r) { return r->seen != r->position; }

/* Finds the next message: its length, and where it is; RING_END and so on. */
static int ring_peek(ring_t *r, uint8_t **message) {
  for (int tries = 0;; tries++) {
    if (!ring_has_more(r)) {
      r->seen = atomic_load(&r->control[RING_TAIL]) & ~RING_BITS;
    }
    uint32_t used = r->seen - r->position;
    if (used > r->capacity) return RING_DAMAGED;
    if (used == 0) {
      if (tries < r->pauses) {
        RING_PAUSE();
      } else if (tries < r->pauses + r->yields) {
        sched_yield();
      } else {
        uint32_t tail = atomic_fetch_or(&r->control[RING_TAIL], RING_ASLEEP);
        RING_STEP(5);
        int end = (tail & ~RING_BITS) == r->position ? ring_sleep(r) : 0;
        atomic_fetch_and(&r->control[RING_TAIL], ~RING_ASLEEP);
        if (end != 0) return end;
      }
      continue;
    }
    uint32_t at = r->position & (r->capacity - 1), *record = (uint32_t *)(r->data + at);
    uint32_t length = ((volatile uint32_t *)record)[0];
    if (record[1] != r->position) return RING_DAMAGED;
    if (length == UINT32_MAX && used >= r->capacity - at) {
      r->position += r->capacity - at;
      continue;
    }
    if (length > r->capacity / 2 - 8 || ((length + 15) & ~7u) > used) return RING_DAMAGED;
    *message = (uint8_t *)(record + 2);
    return (int)length;
  }
}

/* Goes to the message after one of this length. */
static void ring_pass(ring_t *r, int length) {
  r->position += ((uint32_t)length + 15) & ~7u;
}

/* Gives the room of all messages that were passed back. */
static void ring_give_back(ring_t *r) {
  RING_STEP(6);
  uint32_t was = atomic_exchange(&r->control[RING_HEAD], r->position);
  RING_STEP(7);
  if (was & RING_WAITING) ring_ring(r);
}

static void ring_release(ring_t *r, int length) {
  ring_pass(r, length);
  ring_give_back(r);
}

/* Finds room for a message, if there is some now. */
static uint8_t *ring_reserve_now(ring_t *r, uint32_t length) {
  uint32_t need = (length + 15) & ~7u, at = r->position & (r->capacity - 1);
  uint32_t rest = r->capacity - at, total = need <= rest ? need : rest + need;
  if (r->capacity - (r->position - r->seen) < total) {
    r->seen = atomic_load(&r->control[RING_HEAD]) & ~RING_BITS;
    uint32_t used = r->position - r->seen;
    if (used > r->capacity || r->capacity - used < total) return NULL;
  }
  if (need > rest) {
    uint32_t padding[2] = {UINT32_MAX, r->position};
    memcpy(r->data + at, padding, 8);
    RING_STEP(9);
    r->position += rest, at = 0;
  }
  return r->data + at + 8;
}

/* Waits for room for a message; NULL if the consumer is gone. */
static uint8_t *ring_reserve(ring_t *r, uint32_t length) {
  uint8_t *room;
  for (int tries = 0; (room = ring_reserve_now(r, length)) == NULL; tries++) {
    if (r->position - r->seen > r->capacity) return NULL; /* damaged */
    if (tries < r->pauses) {
      RING_PAUSE();
    } else if (tries < r->pauses + r->yields) {
      sched_yield();
    } else {
      atomic_fetch_or(&r->control[RING_HEAD], RING_WAITING);
      RING_STEP(8);
      int end = 0;
      room = ring_reserve_now(r, length);
      if (room == NULL) end = ring_sleep(r);
      atomic_fetch_and(&r->control[RING_HEAD], ~RING_WAITING);
      if (room != NULL) return room;
      if (end != 0) return NULL;
    }
  }
  return room;
}

/* Puts a message in that was written where ring_reserve said. */
static void ring_commit(ring_t *r, uint32_t length) {
  uint32_t record[2] = {length, r->position};
  memcpy(r->data + (r->position & (r->capacity - 1)), record, 8);
  r->position += (length + 15) & ~7u;
}

/* Tells the consumer of all that was put in. */
static void ring_publish(ring_t *r) {
  RING_STEP(10);
  uint32_t was = atomic_exchange(&r->control[RING_TAIL], r->position);
  RING_STEP(11);
  if (was & RING_ASLEEP) ring_ring(r);
}

static int ring_send(ring_t *r, const void *message, uint32_t length) {
  uint8_t *room = ring_reserve(r, length);
  if (room == NULL) return RING_END;
  memcpy(room, message, length);
  RING_STEP(13);
  ring_commit(r, length);
  ring_publish(r);
  return 0;
}

/* Receives into a buffer of r->capacity / 2 bytes. */
static int ring_receive(ring_t *r, void *message) {
  uint8_t *found = NULL;
  int length = ring_peek(r, &found);
  if (length < 0) return length;
  memcpy(message, found, (size_t)length);
  RING_STEP(14);
  ring_release(r, length);
  return length;
}

/* Leaves the ring. */
static void ring_close(ring_t *r) {
  if (r->role == RING_PRODUCER) {
    ring_say(r, RING_CLOSED);
    RING_STEP(15);
    ring_publish(r);
  } else {
    atomic_fetch_or(&r->control[RING_TAIL], RING_GONE);
    atomic_store(&r->header[32], 0);
  }
  ring_free(r);
}

#endif
