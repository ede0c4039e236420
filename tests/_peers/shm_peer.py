"""Shared memory as Python sees it: shm_peer.py OPERATION NAME [SIZE].

create NAME SIZE  creates it; byte i is i modulo 251
check NAME SIZE   it has at least the size, and byte i is i modulo 251
"""

import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

operation, name, size = sys.argv[1], sys.argv[2][1:], int(sys.argv[3])
pattern = bytes(i % 251 for i in range(size))
memory = SharedMemory(name, create=operation == "create", size=size)
# Its tracker would unlink what others still use when this process ends.
resource_tracker.unregister("/" + name, "shared_memory")
if operation == "create":
    memory.buf[:size] = pattern
else:
    assert memory.size >= size, memory.size
    assert bytes(memory.buf[:size]) == pattern
memory.close()
