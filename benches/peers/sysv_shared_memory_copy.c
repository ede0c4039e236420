/* The same with System V semaphores and memory. */

#define SYSV
#include "shared_memory_copy.c"
