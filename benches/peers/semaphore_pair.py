"""One semaphore, one process: takes one that is there, and gives it back."""

import shared_objects
from peer import measure_operation

s = shared_objects.semaphore("lock", True, 1)


def with_multiprocessing(times):
    acquire, release = s.acquire, s.release
    for _ in range(times):
        acquire(False)
        release()


def with_ctypes(times):
    acquire, release = s.try_acquire, s.release
    for _ in range(times):
        acquire()
        release()


def with_acquire(times):
    acquire, release = s.acquire, s.release
    for _ in range(times):
        acquire(0)
        release()


ways = {
    "multiprocessing": with_multiprocessing,
    "ctypes": with_ctypes,
    "posix_ipc": with_acquire,
    "sysv_ipc": with_acquire,
}
measure_operation(ways[shared_objects.VIA])
shared_objects.remove(s)
