"""Runs a command in a pseudo-terminal, answers its prompts, prints its screen.

usage: pty_run.py ANSWER INTERRUPT_AT COMMAND ...

Answers ANSWER to every "Allow?", sends Ctrl-C when the screen shows
INTERRUPT_AT (never, if that is empty), and ends as the command does.
"""
import os
import pty
import sys
import time

answer, interrupt_at, command = sys.argv[1], sys.argv[2], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)

screen = b""
answered = 0
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:  # The last process has left the terminal.
        break
    if not data:
        break
    screen += data
    if screen.count(b"Allow?") > answered:
        answered += 1
        time.sleep(0.3)  # What is typed before the prompt waits is dropped.
        os.write(terminal, answer.encode() + b"\n")
    if interrupt_at and interrupt_at.encode() in screen:
        interrupt_at = ""
        os.write(terminal, b"\x03")

status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.buffer.write(screen)
print(f"\nprompts {answered}")
sys.exit(status if status >= 0 else 128 - status)
