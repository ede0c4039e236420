/* The two streams that the harness hands out, and the two ways to wait. */

#ifndef BYTE_STREAMS_H
#define BYTE_STREAMS_H

#include "pause.h"
#include "peer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

static int spins;
static long pauses, yields;

/* A descriptor that was inherited, or a name to open. */
static int stream(const char *key, int mode) {
  const char *value = option(key, "");
  int fd = value[0] == '/' ? open(value, mode | O_CLOEXEC) : atoi(value);
  if (fd == -1) fail(value);
  spins = !is_option("wait", "block");
  pauses = (long)number_option("pauses", 2);
  yields = (long)number_option("yields", 100);
  if (spins && fcntl(fd, F_SETFL, O_NONBLOCK) == -1) fail("fcntl");
  return fd;
}

/* Reads or writes; the direction is that of `events`. */
static ssize_t transfer(int fd, void *bytes, size_t size, short events) {
  ssize_t count = events == POLLIN ? read(fd, bytes, size)
                                   : write(fd, bytes, size);
  if (count == 0 && events == POLLIN) {
    fprintf(stderr, "the other side has gone\n");
    exit(1);
  }
  if (count == -1 && errno != EAGAIN && errno != EINTR) fail("transfer");
  return count;
}

/* Looks again after pauses, then after yields, then sleeps. */
static ssize_t spin(int fd, void *bytes, size_t size, short events) {
  ssize_t count = transfer(fd, bytes, size, events);
  for (long i = 0; count == -1 && i < pauses; i++) {
    PAUSE();
    count = transfer(fd, bytes, size, events);
  }
  for (long i = 0; count == -1 && i < yields; i++) {
    sched_yield();
    count = transfer(fd, bytes, size, events);
  }
  while (count == -1) {
    struct pollfd watched = {fd, events, 0};
    poll(&watched, 1, -1);
    count = transfer(fd, bytes, size, events);
  }
  return count;
}

static ssize_t some(int fd, void *bytes, size_t size, short events) {
  if (spins) return spin(fd, bytes, size, events);
  ssize_t count;
  do count = transfer(fd, bytes, size, events);
  while (count == -1);
  return count;
}

static ssize_t read_some(int fd, void *bytes, size_t size) {
  return some(fd, bytes, size, POLLIN);
}

static void read_all(int fd, uint8_t *bytes, size_t size) {
  for (size_t at = 0; at < size;) {
    at += (size_t)some(fd, bytes + at, size - at, POLLIN);
  }
}

static void write_all(int fd, uint8_t *bytes, size_t size) {
  for (size_t at = 0; at < size;) {
    at += (size_t)some(fd, bytes + at, size - at, POLLOUT);
  }
}

#endif
