/* Makes readlink("/errno/N") fail with the error number N. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t readlink(const char *path, char *buffer, size_t size) {
  if (strncmp(path, "/errno/", 7) == 0) {
    errno = atoi(path + 7);
    return -1;
  }
  ssize_t (*next)(const char *, char *, size_t) =
      (ssize_t(*)(const char *, char *, size_t))dlsym(RTLD_NEXT, "readlink");
  return next(path, buffer, size);
}
