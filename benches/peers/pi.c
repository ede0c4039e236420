/*
 * Pi in slices, in forked processes, as examples/shm_pi.ts does it: every
 * worker adds its sum to a double in shared memory, under one semaphore.
 */

#include <math.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
  sem_t lock;
  double total;
};

static double sum_terms(long from, long to) {
  double sum = 0;
  for (long k = from; k < to; k++) {
    double odd = 2.0 * (double)k + 1;
    sum += 1 / (odd * odd);
  }
  return sum;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  long n = atol(argv[1]), workers = atol(argv[2]);
  struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  sem_init(&shared->lock, 1, 1);
  for (long i = 0; i < workers; i++) {
    if (fork() == 0) {
      double sum = sum_terms(n * i / workers, n * (i + 1) / workers);
      while (sem_wait(&shared->lock) == -1) {
      }
      shared->total += sum;
      sem_post(&shared->lock);
      _exit(0);
    }
  }
  for (long i = 0; i < workers; i++) {
    int status;
    if (wait(&status) == -1 || status != 0) return 1;
  }
  printf("pi      %.17g\n", sqrt(8 * shared->total));
}
