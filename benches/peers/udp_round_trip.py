"""Datagrams there and back over loopback."""

import socket

from peer import answer_round_trips, measure_round_trips, number, option, ready

SIZE = int(number("size", 64))
address = ("127.0.0.1", 20000 + int(option("name")[2:], 16) % 12000)
own = bytearray(SIZE)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

if option("role") == "server":
    udp.bind(address)
    ready()

    def answer():
        message, sender = udp.recvfrom(SIZE)
        udp.sendto(message, sender)
        return message[0]

    answer_round_trips(answer)
else:
    udp.connect(address)

    def round_trip(phase):
        own[0] = phase
        udp.send(own)
        udp.recv(SIZE)

    measure_round_trips(round_trip)
