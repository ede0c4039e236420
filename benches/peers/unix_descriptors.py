"""Descriptors one way, one to a message, by send_fds and recv_fds."""

import os
import socket

from peer import measure_receiving, measure_sending, option, ready

if option("role") == "receiver":
    ready()
    stream = socket.socket(fileno=int(option("from")))

    def receive():
        data, fds, _, _ = socket.recv_fds(stream, 1, 1)
        os.close(fds[0])
        return data[0]

    measure_receiving(receive, 1)
else:
    stream = socket.socket(fileno=int(option("to")))
    files = [os.open("/dev/null", os.O_RDONLY)]
    measure_sending(lambda phase: socket.send_fds(stream, [bytes([phase])], files))
