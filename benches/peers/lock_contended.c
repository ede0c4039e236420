/* Several processes take turns; the last one counts for all. */

#include "locks.h"

static void add(void) {
  lock();
  shared->count = shared->count + 1;
  unlock();
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  int isFirst = is_option("role", "first");
  open_locks(isFirst);
  if (!is_option("role", "last")) {
    if (isFirst) ready();
    while (!shared->stop) add();
    if (isFirst) unlink_locks();
    puts("{}");
    return 0;
  }
  int64_t warm = (int64_t)(number_option("warm_ms", 200) * 1e6);
  int64_t span = (int64_t)(number_option("time_ms", 400) * 1e6);
  for (int64_t start = now(); now() - start < warm;) add();
  int64_t start = now(), end = start;
  uint64_t count = shared->count, own = 0;
  for (; end - start < span; end = now(), own++) add();
  count = shared->count - count;
  shared->stop = 1;
  printf("{\"m_per_s\":%.4f,\"share\":%.1f}\n",
         (double)count * 1e3 / (double)(end - start),
         100.0 * (double)own / (double)count);
}
