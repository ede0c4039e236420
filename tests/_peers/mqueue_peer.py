"""POSIX message queues as Python programs use them.

With posix_ipc, if it is installed and named first, else with ctypes.

    VIA create NAME MESSAGES SIZE     VIA attributes NAME
    VIA send NAME PRIORITY TEXT       VIA receive NAME
    VIA unlink NAME
"""

import ctypes
import os
import sys

via, verb, name, *rest = sys.argv[1:]


class Attributes(ctypes.Structure):
    """struct mq_attr"""

    _fields_ = [
        (field, ctypes.c_long) for field in ("flags", "maxmsg", "msgsize", "curmsgs")
    ] + [("pad", ctypes.c_long * 4)]


def by_ctypes():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mq_receive.restype = ctypes.c_ssize_t

    def check(result):
        if result == -1:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return result

    path = name.encode()
    if verb == "unlink":
        return check(libc.mq_unlink(path))
    if verb == "create":
        size = Attributes(0, int(rest[0]), int(rest[1]))
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR
        return check(libc.mq_open(path, flags, 0o600, ctypes.byref(size)))
    queue = check(libc.mq_open(path, os.O_RDWR))
    now = Attributes()
    check(libc.mq_getattr(queue, ctypes.byref(now)))
    if verb == "attributes":
        print(now.maxmsg, now.msgsize, now.curmsgs)
    elif verb == "send":
        text = rest[1].encode()
        length = ctypes.c_size_t(len(text))
        check(libc.mq_send(queue, text, length, int(rest[0])))
    elif verb == "receive":
        buffer = ctypes.create_string_buffer(now.msgsize)
        priority = ctypes.c_uint()
        length = ctypes.c_size_t(now.msgsize)
        size = check(libc.mq_receive(queue, buffer, length, ctypes.byref(priority)))
        print(priority.value, buffer.raw[:size].decode())


def by_posix_ipc():
    import posix_ipc

    if verb == "unlink":
        return posix_ipc.unlink_message_queue(name)
    if verb == "create":
        size = {"max_messages": int(rest[0]), "max_message_size": int(rest[1])}
        return posix_ipc.MessageQueue(name, posix_ipc.O_CREX, **size)
    queue = posix_ipc.MessageQueue(name)
    if verb == "attributes":
        print(queue.max_messages, queue.max_message_size, queue.current_messages)
    elif verb == "send":
        queue.send(rest[1], priority=int(rest[0]))
    elif verb == "receive":
        message, priority = queue.receive()
        print(priority, message.decode())


by_posix_ipc() if via == "posix_ipc" else by_ctypes()
