/* POSIX message queues, and the two ways to wait for one. */

#ifndef MQUEUES_H
#define MQUEUES_H

#include "pause.h"
#include "peer.h"
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>

static int spins;
static long pauses, yields;

/* A queue of ten messages, which one side creates. */
static mqd_t message_queue(const char *suffix, int create, size_t size) {
  char name[64];
  snprintf(name, sizeof name, "/%s_%s", option("name", "bench"), suffix);
  spins = !is_option("wait", "block");
  pauses = (long)number_option("pauses", 2);
  yields = (long)number_option("yields", 100);
  struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = (long)size};
  int flags = O_RDWR | (create ? O_CREAT | O_EXCL : 0) |
              (spins ? O_NONBLOCK : 0);
  mqd_t queue = mq_open(name, flags, 0600, &attributes);
  if (queue == (mqd_t)-1) fail("mq_open");
  return queue;
}

static void remove_queue(const char *suffix) {
  char name[64];
  snprintf(name, sizeof name, "/%s_%s", option("name", "bench"), suffix);
  mq_unlink(name);
}

/* Sends or receives; -1 if it would have to wait. */
static ssize_t transfer(mqd_t queue, uint8_t *bytes, size_t size, short event) {
  unsigned priority;
  ssize_t result = event == POLLIN
                       ? mq_receive(queue, (char *)bytes, size, &priority)
                       : mq_send(queue, (const char *)bytes, size, 0);
  if (result == -1 && errno != EAGAIN && errno != EINTR) fail("transfer");
  return result;
}

/* Looks again after pauses, then after yields, then sleeps. */
static void pass(mqd_t queue, uint8_t *bytes, size_t size, short event) {
  ssize_t result = transfer(queue, bytes, size, event);
  for (long i = 0; spins && result == -1 && i < pauses; i++) {
    PAUSE();
    result = transfer(queue, bytes, size, event);
  }
  for (long i = 0; spins && result == -1 && i < yields; i++) {
    sched_yield();
    result = transfer(queue, bytes, size, event);
  }
  while (result == -1) {
    struct pollfd watched = {queue, event, 0};
    if (spins) poll(&watched, 1, -1);
    result = transfer(queue, bytes, size, event);
  }
}

#endif
