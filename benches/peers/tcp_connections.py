"""Connections that ask one question each."""

import socket

from peer import answer_round_trips, measure_round_trips, option, ready

address = ("127.0.0.1", 20000 + int(option("name")[2:], 16) % 12000)

if option("role") == "server":
    listener = socket.create_server(address, backlog=511)
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
        with socket.create_connection(address) as connection:
            connection.send(bytes([phase]))
            connection.recv(1)

    measure_round_trips(round_trip)
