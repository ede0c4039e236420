/* Keys of System V objects. */

#ifndef SYSV_KEY_H
#define SYSV_KEY_H

#include "peer.h"
#include <sys/ipc.h>

/* A key that nobody else has: FNV-1a of the name. */
static key_t key_of(const char *suffix) {
  char name[64];
  snprintf(name, sizeof name, "%s_%s", option("name", "bench"), suffix);
  uint32_t hash = 2166136261u;
  for (const char *c = name; *c != 0; c++) hash = (hash ^ (uint8_t)*c) * 16777619u;
  return (key_t)(hash >> 1 | 1);
}

#endif
