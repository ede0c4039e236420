/*
 * Shared memory as C sees it: shm_peer OPERATION NAME [NUMBER [NUMBER]].
 *
 *   create NAME SIZE       creates it; byte i is i modulo 251
 *   slow NAME SIZE         the same, with 2 ms between shm_open and ftruncate
 *   unsized NAME           creates it, and ends before it has a size
 *   check NAME SIZE        the size is right, and byte i is i modulo 251
 *   add NAME TIMES         adds 1 to the first uint32_t, atomically
 *   double NAME            prints the double at offset 8
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *call) {
  fprintf(stderr, "%s: %s\n", call, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  const char *operation = argv[1], *name = argv[2];
  long number = argc > 3 ? atol(argv[3]) : 0;
  int slow = !strcmp(operation, "slow");
  int unsized = !strcmp(operation, "unsized");
  int create = slow || unsized || !strcmp(operation, "create");
  int fd = shm_open(name, create ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0600);
  if (fd == -1) return fail("shm_open");
  if (unsized) return 0;
  if (slow) usleep(2000);
  if (create && ftruncate(fd, number)) return fail("ftruncate");
  struct stat st;
  if (fstat(fd, &st)) return fail("fstat");
  uint8_t *bytes = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
                        fd, 0);
  if (bytes == MAP_FAILED) return fail("mmap");
  if (create) {
    for (long i = 0; i < number; i++) bytes[i] = i % 251;
  } else if (!strcmp(operation, "check")) {
    if (st.st_size != number) {
      fprintf(stderr, "%ld bytes\n", (long)st.st_size);
      return 1;
    }
    for (long i = 0; i < number; i++)
      if (bytes[i] != i % 251) {
        fprintf(stderr, "byte %ld is %d\n", i, bytes[i]);
        return 1;
      }
  } else if (!strcmp(operation, "add")) {
    while (number-- > 0)
      __atomic_fetch_add((uint32_t *)bytes, 1, __ATOMIC_SEQ_CST);
  } else if (!strcmp(operation, "double")) {
    printf("%.17g\n", ((double *)bytes)[1]);
  }
  return 0;
}
