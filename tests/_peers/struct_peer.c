/*
 * A struct in shared memory as C sees it: struct_peer NAME TIMES. Prints what
 * is there, writes other values, and adds 1 to the count so many times.
 * "frame.h" is what toC() printed.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "frame.h"

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int fd = shm_open(argv[1], O_RDWR, 0);
  if (fd == -1) return 3;
  struct frame *f =
      mmap(NULL, sizeof *f, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (f == MAP_FAILED) return 4;
  printf("%.17g %s %g %d %d %d %g %" PRIu64 " %s\n", f->stamp, f->name,
         f->values[7], f->raw[0], f->raw[1], f->raw[2], f->position.y,
         f->users[3].id, f->users[3].name);
  f->stamp = 0.25;
  memset(f->name, 'x', sizeof f->name);
  strcpy(f->name, "from C");
  for (int i = 0; i < 8; i++) f->values[i] = i;
  f->raw[0] = 77;
  f->position.x = -1.5;
  f->users[0].id = 99;
  strcpy(f->users[0].name, "five5");
  for (long i = atol(argv[2]); i > 0; i--) atomic_fetch_add(&f->count, 1);
}
