"""Connections that ask one question each."""

import socket

from peer import answer_round_trips, measure_round_trips, option, ready

address = "\0" + option("name")

if option("role") == "server":
    listener = socket.socket(socket.AF_UNIX)
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
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)
            connection.send(bytes([phase]))
            connection.recv(1)

    measure_round_trips(round_trip)
