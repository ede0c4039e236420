"""POSIX message queues in Python: by ctypes, or by posix_ipc."""

import ctypes
import os

from peer import number, option

VIA = option("via", "ctypes")
SIZE = int(number("size", 64))
FIRST = option("role") in ("server", "receiver")


class Attributes(ctypes.Structure):
    """struct mq_attr"""

    _fields_ = [
        (field, ctypes.c_long) for field in ("flags", "maxmsg", "msgsize", "curmsgs")
    ] + [("pad", ctypes.c_long * 4)]


class CtypesQueue:
    """mq_send(3) and mq_receive(3) through ctypes."""

    libc = ctypes.CDLL(None, use_errno=True)
    libc.mq_send.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint]
    libc.mq_receive.argtypes = [
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_void_p,
    ]
    libc.mq_receive.restype = ctypes.c_ssize_t

    def __init__(self, name, create):
        flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if create else 0)
        size = Attributes(0, 10, SIZE)
        self.name = name
        self._queue = self.libc.mq_open(name.encode(), flags, 0o600, ctypes.byref(size))
        if self._queue == -1:
            raise OSError(ctypes.get_errno(), "mq_open")
        self._buffer = ctypes.create_string_buffer(SIZE)

    def send(self, message):
        if self.libc.mq_send(self._queue, bytes(message), len(message), 0) != 0:
            raise OSError(ctypes.get_errno(), "mq_send")

    def receive(self):
        size = self.libc.mq_receive(self._queue, self._buffer, SIZE, None)
        if size == -1:
            raise OSError(ctypes.get_errno(), "mq_receive")
        return self._buffer[:size]

    def unlink(self):
        self.libc.mq_unlink(self.name.encode())


class PosixIpcQueue:
    """What posix_ipc offers."""

    def __init__(self, name, create):
        import posix_ipc

        flags = posix_ipc.O_CREX if create else 0
        size = {"max_messages": 10, "max_message_size": SIZE} if create else {}
        self._queue = posix_ipc.MessageQueue(name, flags, **size)
        self.send = self._queue.send
        self.unlink = self._queue.unlink

    def receive(self):
        return self._queue.receive()[0]


def message_queue(suffix):
    """A queue of ten messages, which one side creates."""
    queue = PosixIpcQueue if VIA == "posix_ipc" else CtypesQueue
    return queue(f"/{option('name')}_{suffix}", FIRST)
