# Leaves a stale socket at every second path: unix_stale.py FOLDER COUNT
import socket, sys
for i in range(0, int(sys.argv[2]), 2):
    socket.socket(socket.AF_UNIX).bind(f"{sys.argv[1]}/{i}")
