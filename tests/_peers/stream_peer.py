"""The other side of a pipe or FIFO, with nothing but Python's os.

usage: stream_peer.py read|write|echo TARGET [TARGET|COUNT]

As stream_peer.c: a target is a descriptor number, or the path of a FIFO.
"""
import os
import struct
import sys


def target(text, flags):
    if not text.startswith("/"):
        return int(text)
    fd = os.open(text, flags)
    print("open", flush=True)
    return fd


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data) :]


what, first, *rest = sys.argv[1:]
if what == "read":
    fd = target(first, os.O_RDONLY)
    data = b"".join(iter(lambda: os.read(fd, 65536), b""))
    count = len(data) // 4
    assert data == struct.pack(f"<{count}I", *range(count))
    print(f"read {count}")
elif what == "write":
    fd = target(first, os.O_WRONLY)
    count = int(rest[0])
    write_all(fd, struct.pack(f"<{count}I", *range(count)))
elif what == "echo":
    source, sink = target(first, os.O_RDONLY), target(rest[0], os.O_WRONLY)
    for data in iter(lambda: os.read(source, 4096), b""):
        write_all(sink, data)
