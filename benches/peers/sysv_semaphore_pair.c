/* The same with System V semaphores and memory. */

#define SYSV
#include "semaphore_pair.c"
