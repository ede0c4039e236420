/* One lock, one process: acquires what is free, and releases it. */

#include "locks.h"

static void mutex(long times) {
  while (times--) {
    lock();
    unlock();
  }
}

static void reader(long times) {
  while (times--) {
    pthread_rwlock_rdlock(&shared->rw);
    pthread_rwlock_unlock(&shared->rw);
  }
}

static void writer(long times) {
  while (times--) {
    pthread_rwlock_wrlock(&shared->rw);
    pthread_rwlock_unlock(&shared->rw);
  }
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  open_locks(1);
  unlink_locks();
  measure_operation(is_option("way", "read")    ? reader
                    : is_option("way", "write") ? writer
                                                : mutex);
}
