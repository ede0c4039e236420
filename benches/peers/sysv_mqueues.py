"""System V message queues in Python, by sysv_ipc."""

import sysv_ipc
from peer import number, option
from sysv_key import key_of

SIZE = int(number("size", 64))
FIRST = option("role") in ("server", "receiver")


def message_queue(suffix):
    """A queue, which one side creates."""
    flags = sysv_ipc.IPC_CREX if FIRST else 0
    return sysv_ipc.MessageQueue(key_of(suffix), flags, max_message_size=8192)
