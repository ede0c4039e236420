"""System V message queues in Python, by sysv_ipc."""

import sysv_ipc
from peer import number, option

SIZE = int(number("size", 64))
FIRST = option("role") in ("server", "receiver")


def key_of(suffix):
    """A key that nobody else has: FNV-1a of the name."""
    value = 2166136261
    for byte in f"{option('name')}_{suffix}".encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value >> 1 | 1


def message_queue(suffix):
    """A queue, which one side creates."""
    flags = sysv_ipc.IPC_CREX if FIRST else 0
    return sysv_ipc.MessageQueue(key_of(suffix), flags, max_message_size=8192)
