/* Sockets over loopback, and the port that belongs to a trial. */

#ifndef SOCKETS_H
#define SOCKETS_H

#include "pause.h"
#include "peer.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

/* The address of this trial, below the ports that the system gives out. */
static struct sockaddr_in trial_address(void) {
  struct sockaddr_in address = {0};
  unsigned long number = strtoul(option("name", "b_0") + 2, NULL, 16);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)(20000 + number % 12000));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/* Does something until it has not to wait: looks again, and then sleeps. */
#define UNTIL_DONE(fd, events_, call)                                          \
  ({                                                                           \
    ssize_t count_ = (call);                                                   \
    for (int i_ = 0; count_ == -1 && errno == EAGAIN && i_ < 102; i_++) {      \
      if (i_ < 2) PAUSE();                                                     \
      else sched_yield();                                                      \
      count_ = (call);                                                         \
    }                                                                          \
    while (count_ == -1 && errno == EAGAIN) {                                  \
      struct pollfd watched_ = {fd, events_, 0};                               \
      poll(&watched_, 1, -1);                                                  \
      count_ = (call);                                                         \
    }                                                                          \
    if (count_ == -1) fail(#call);                                             \
    count_;                                                                    \
  })

#endif
