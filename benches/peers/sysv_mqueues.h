/* System V message queues, and the two ways to wait for one. */

#ifndef SYSV_MQUEUES_H
#define SYSV_MQUEUES_H

#include "pause.h"
#include "peer.h"
#include "sysv_key.h"
#include <errno.h>
#include <sched.h>
#include <sys/msg.h>

static struct {
  long type;
  uint8_t bytes[8192];
} packet;
static uint8_t *const own = packet.bytes;
static size_t size;

static int spins;
static long pauses, yields;

static int message_queue(const char *suffix, int create) {
  size = (size_t)number_option("size", 64);
  packet.type = 1;
  spins = !is_option("wait", "block");
  pauses = (long)number_option("pauses", 2);
  yields = (long)number_option("yields", 100);
  int flags = 0600 | (create ? IPC_CREAT | IPC_EXCL : 0);
  int queue = msgget(key_of(suffix), flags);
  if (queue == -1) fail("msgget");
  return queue;
}

static void remove_queue(int queue) { msgctl(queue, IPC_RMID, NULL); }

enum direction { SEND, RECEIVE };

/* Sends or receives; -1 if it would have to wait. */
static ssize_t transfer(int queue, enum direction direction, int flags) {
  ssize_t result = direction == SEND
                       ? msgsnd(queue, &packet, size, flags)
                       : msgrcv(queue, &packet, sizeof packet.bytes, 0, flags);
  if (result == -1 && errno != EAGAIN && errno != ENOMSG && errno != EINTR) {
    fail("transfer");
  }
  return result;
}

/* Looks again after pauses, then after yields, then sleeps. */
static void pass(int queue, enum direction direction) {
  int flags = spins ? IPC_NOWAIT : 0;
  ssize_t result = transfer(queue, direction, flags);
  for (long i = 0; spins && result == -1 && i < pauses; i++) {
    PAUSE();
    result = transfer(queue, direction, flags);
  }
  for (long i = 0; spins && result == -1 && i < yields; i++) {
    sched_yield();
    result = transfer(queue, direction, flags);
  }
  while (result == -1) result = transfer(queue, direction, 0);
}

#endif
