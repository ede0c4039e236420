"""The two streams that the harness hands out, or those of Python itself."""

import multiprocessing
import os

from peer import number, option, ready

VIA = option("via", "os")
SIZE = int(number("size", 64))
first = option("role") in ("server", "receiver")


class OsStreams:
    """os.read and os.write."""

    def __init__(self, source, target):
        self._source = source
        self._target = target

    def receive(self):
        message = os.read(self._source, SIZE)
        if len(message) == SIZE:
            return message
        parts = [message]
        left = SIZE - len(message)
        while left > 0:
            if not parts[-1]:
                raise EOFError("the other side has gone")
            parts.append(os.read(self._source, left))
            left -= len(parts[-1])
        return b"".join(parts)

    def send(self, message):
        count = os.write(self._target, message)
        while count < SIZE:
            count += os.write(self._target, memoryview(message)[count:])


class Connections:
    """multiprocessing.Pipe."""

    def __init__(self, connection):
        self.receive = connection.recv_bytes
        self.send = connection.send_bytes


def _stream(key, mode):
    value = option(key)
    return os.open(value, mode) if value.startswith("/") else int(value)


def both():
    """Opens in the order in which the other side does, too."""
    if first:
        ready()
        source = _stream("from", os.O_RDONLY)
        return OsStreams(source, _stream("to", os.O_WRONLY))
    target = _stream("to", os.O_WRONLY)
    return OsStreams(_stream("from", os.O_RDONLY), target)


def one():
    if first:
        ready()
        return OsStreams(_stream("from", os.O_RDONLY), None)
    return OsStreams(None, _stream("to", os.O_WRONLY))


def connected(duplex=True):
    """Both ends, for a fork: the first for the child, which starts first."""
    return [Connections(end) for end in multiprocessing.Pipe(duplex)]
