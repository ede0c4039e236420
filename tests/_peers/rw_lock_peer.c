/*
 * What rw_lock_peer.ts does, in C: rw_lock_peer NAME hammer|read|write, and
 * `commands`, which are lines of standard input, answered by their outcome:
 *
 *   read MS, write MS, done   acquires, or gives up what was acquired last
 */
#include "../../examples/lock/ipc_rw_lock.h"
#include <stdlib.h>
#include <sys/mman.h>

static ipc_rw_lock *lock;
static volatile double *numbers;
static int slot = -1;

static const char *outcome(int number) {
  return number == 0            ? "ok"
         : number == EOWNERDEAD ? "EOWNERDEAD"
         : number == EBUSY      ? "EBUSY"
         : number == ETIMEDOUT  ? "ETIMEDOUT"
         : number == EDEADLK    ? "EDEADLK"
                                : strerror(number);
}

static void write_pair(void) {
  if (ipc_rw_write(lock, -1) == EOWNERDEAD) {
    numbers[1] = numbers[0];
    ipc_rw_consistent(lock);
  }
  if (numbers[0] != numbers[1]) exit(7);
  numbers[0] = numbers[0] + 1;
  numbers[1] = numbers[1] + 1;
  if (ipc_rw_write_no_more(lock) != 0) exit(9);
}

static void read_pair(void) {
  int died = ipc_rw_read(lock, &slot, -1);
  double one = numbers[0], other = numbers[1];
  if (one != other && died != EOWNERDEAD) exit(8);
  if (ipc_rw_read_no_more(lock, slot) != 0) exit(9);
}

static int obey(const char *command, long value) {
  if (!strcmp(command, "write")) return ipc_rw_write(lock, value);
  if (!strcmp(command, "read")) {
    int found, number = ipc_rw_read(lock, &found, value);
    if (number == 0 || number == EOWNERDEAD) slot = found;
    return number;
  }
  if (slot < 0) return ipc_rw_write_no_more(lock);
  int last = slot;
  slot = -1;
  return ipc_rw_read_no_more(lock, last);
}

int main(int argc, char **argv) {
  int fd = argc < 3 ? -1 : shm_open(argv[1], O_RDWR, 0);
  struct stat object;
  if (fd == -1 || fstat(fd, &object)) return 1;
  char *memory =
      mmap(0, object.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  lock = (ipc_rw_lock *)memory;
  numbers = (volatile double *)(lock + 1);
  setvbuf(stdout, 0, _IOLBF, 0);
  if (ipc_rw_open(lock) != 0) return 2;
  if (!strcmp(argv[2], "read")) ipc_rw_read(lock, &slot, -1);
  if (!strcmp(argv[2], "write")) ipc_rw_write(lock, -1);
  puts("ok");
  while (!strcmp(argv[2], "hammer")) read_pair(), write_pair(), read_pair();
  char line[64], command[32];
  while (!strcmp(argv[2], "commands") && fgets(line, sizeof line, stdin)) {
    long value = 0;
    sscanf(line, "%31s %ld", command, &value);
    puts(outcome(obey(command, value)));
  }
  pause();
}
