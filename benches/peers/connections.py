"""Connections that ask one question each."""

import socket

from peer import answer_round_trips, measure_round_trips, option, ready

name = option("name")
family, address = (
    (socket.AF_UNIX, "\0" + name)
    if option("family") == "unix"
    else (socket.AF_INET, ("127.0.0.1", 20000 + int(name[2:], 16) % 12000))
)

if option("role") == "server":
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(511)
    ready()

    def answer():
        connection, _ = listener.accept()
        with connection:
            byte = connection.recv(1)
            connection.send(byte)
            return byte[0]

    answer_round_trips(answer)
else:

    def round_trip(phase):
        with socket.socket(family) as connection:
            connection.connect(address)
            connection.send(bytes([phase]))
            connection.recv(1)

    measure_round_trips(round_trip)
