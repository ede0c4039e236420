"""One lock, one process: acquires what is free, and releases it."""

import multiprocessing

from peer import measure_operation

lock = multiprocessing.get_context("fork").Lock()


def pairs(times):
    acquire, release = lock.acquire, lock.release
    for _ in range(times):
        acquire()
        release()


measure_operation(pairs)
