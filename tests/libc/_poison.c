/* Sets errno to 99 whenever the calls succeed that a runtime makes for itself,
   as they may: POSIX lets a call that succeeds set errno. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

#define POISONED(result, name, parameters, arguments) \
  result name parameters {                            \
    static result(*next) parameters;                  \
    if (!next) next = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
    result value = next arguments;                    \
    if (value != (result)-1) errno = 99;              \
    return value;                                     \
  }

POISONED(int, madvise, (void *at, size_t size, int advice), (at, size, advice))
POISONED(int, mprotect, (void *at, size_t size, int access), (at, size, access))
POISONED(int, clock_gettime, (clockid_t clock, struct timespec *time), (clock, time))
POISONED(int, pthread_mutex_unlock, (pthread_mutex_t *mutex), (mutex))
POISONED(int, pthread_cond_signal, (pthread_cond_t *condition), (condition))
POISONED(int, pthread_cond_broadcast, (pthread_cond_t *condition), (condition))
