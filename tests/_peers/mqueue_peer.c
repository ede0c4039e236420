/*
 * POSIX message queues as C programs use them.
 *
 *   create NAME MESSAGES SIZE     attributes NAME
 *   send NAME PRIORITY TEXT       receive NAME
 *   echo IN OUT COUNT             unlink NAME
 */

#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static mqd_t open_queue(const char *name) {
  mqd_t queue = mq_open(name, O_RDWR);
  if (queue == (mqd_t)-1) fail("mq_open");
  return queue;
}

static char buffer[1 << 16];

static ssize_t receive(mqd_t queue, unsigned *priority) {
  ssize_t size = mq_receive(queue, buffer, sizeof buffer, priority);
  if (size == -1) fail("mq_receive");
  return size;
}

int main(int argc, char **argv) {
  const char *verb = argv[1], *name = argv[2];
  if (argc < 3) return 2;
  if (strcmp(verb, "create") == 0) {
    struct mq_attr size = {.mq_maxmsg = atol(argv[3]),
                           .mq_msgsize = atol(argv[4])};
    mqd_t queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &size);
    if (queue == (mqd_t)-1) fail("mq_open");
  } else if (strcmp(verb, "attributes") == 0) {
    struct mq_attr now;
    if (mq_getattr(open_queue(name), &now) == -1) fail("mq_getattr");
    printf("%ld %ld %ld\n", now.mq_maxmsg, now.mq_msgsize, now.mq_curmsgs);
  } else if (strcmp(verb, "send") == 0) {
    unsigned priority = (unsigned)atol(argv[3]);
    if (mq_send(open_queue(name), argv[4], strlen(argv[4]), priority) == -1) {
      fail("mq_send");
    }
  } else if (strcmp(verb, "receive") == 0) {
    unsigned priority;
    ssize_t size = receive(open_queue(name), &priority);
    printf("%u %.*s\n", priority, (int)size, buffer);
  } else if (strcmp(verb, "echo") == 0) {
    mqd_t in = open_queue(name), out = open_queue(argv[3]);
    for (long left = atol(argv[4]); left > 0; left--) {
      unsigned priority;
      ssize_t size = receive(in, &priority);
      if (mq_send(out, buffer, (size_t)size, priority) == -1) fail("mq_send");
    }
  } else if (mq_unlink(name) == -1) {
    fail("mq_unlink");
  }
  return 0;
}
