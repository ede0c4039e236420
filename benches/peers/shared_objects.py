"""Semaphores and shared memory in Python, four ways.

`multiprocessing` and `ctypes` come with Python. `posix_ipc` and `sysv_ipc` do
not. The
objects of `multiprocessing` have no lasting names, so a fork shares them; the
others are opened by name, so two programs do.
"""

import ctypes
import mmap
import multiprocessing
import os
from multiprocessing import shared_memory

from peer import option
from sysv_key import key_of

VIA = option("via", "multiprocessing")


class CtypesSemaphore:
    """sem_wait(3) and sem_post(3) through ctypes."""

    libc = ctypes.CDLL(None, use_errno=True)
    libc.sem_open.restype = ctypes.c_void_p
    for _call in (libc.sem_wait, libc.sem_trywait, libc.sem_post):
        _call.argtypes = [ctypes.c_void_p]

    def __init__(self, name, create, value):
        flags = os.O_CREAT | os.O_EXCL if create else 0
        pointer = self.libc.sem_open(name.encode(), flags, 0o600, value)
        if not pointer:
            raise OSError(ctypes.get_errno(), "sem_open")
        self.name = name
        self._pointer = ctypes.c_void_p(pointer)

    def acquire(self):
        if self.libc.sem_wait(self._pointer) != 0:
            raise OSError(ctypes.get_errno(), "sem_wait")

    def try_acquire(self):
        return self.libc.sem_trywait(self._pointer) == 0

    def release(self):
        if self.libc.sem_post(self._pointer) != 0:
            raise OSError(ctypes.get_errno(), "sem_post")

    def unlink(self):
        self.libc.sem_unlink(self.name.encode())


def semaphore(suffix, create, value):
    name = f"/{option('name')}_{suffix}"
    if VIA == "multiprocessing":
        return multiprocessing.get_context("fork").Semaphore(value)
    if VIA == "posix_ipc":
        import posix_ipc

        flags = posix_ipc.O_CREX if create else 0
        return posix_ipc.Semaphore(name, flags, 0o600, value)
    if VIA == "sysv_ipc":
        import sysv_ipc

        flags = sysv_ipc.IPC_CREX if create else 0
        return sysv_ipc.Semaphore(key_of(suffix), flags, 0o600, value)
    return CtypesSemaphore(name, create, value)


def remove(semaphore):
    """Removes a semaphore, if it is not shared by a fork."""
    if VIA != "multiprocessing":
        (semaphore.remove if VIA == "sysv_ipc" else semaphore.unlink)()


def memory(suffix, create, size):
    """The bytes, and what removes them."""
    name = f"{option('name')}_{suffix}"
    if VIA == "posix_ipc":
        import posix_ipc

        flags = posix_ipc.O_CREX if create else 0
        segment = posix_ipc.SharedMemory("/" + name, flags, 0o600, size)
        mapped = mmap.mmap(segment.fd, size)
        segment.close_fd()
        return memoryview(mapped), segment.unlink
    if VIA == "sysv_ipc":
        import sysv_ipc

        flags = sysv_ipc.IPC_CREX if create else 0
        segment = sysv_ipc.SharedMemory(
            key_of(suffix), flags, 0o600, size if create else 0
        )
        keep.append(segment)
        return memoryview(segment).cast("B"), segment.remove
    if create:
        segment = shared_memory.SharedMemory(name, True, size)
    else:
        segment = attach(name)
    keep.append(segment)
    return segment.buf, segment.unlink


keep = []  # else the buffers would be unmapped


def attach(name):
    """Opens shared memory, which Python would remove again at the end."""
    from multiprocessing import resource_tracker

    register, resource_tracker.register = resource_tracker.register, ignore
    try:
        return shared_memory.SharedMemory(name)
    finally:
        resource_tracker.register = register


def ignore(*_):
    pass
