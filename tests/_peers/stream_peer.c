/*
 * The other side of a pipe or FIFO, with nothing but the C library.
 *
 * usage: stream_peer read|write|echo|blocks|state TARGET [TARGET|COUNT] ...
 *
 * A target is a descriptor number, or the path of a FIFO, which it opens and
 * waits for as open(2) does, and then says "open".
 *
 * read    reads 4-byte numbers that count from 0, to the end; says how many
 * write   writes COUNT of them, 1000 to a write
 * echo    copies the first target to the second, to the end
 * blocks  writes COUNT blocks of SIZE bytes, each a LETTER
 * state   says of each descriptor: open or closed, close-on-exec, blocking
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static int target(const char *text, int flags)
{
	if (text[0] != '/')
		return atoi(text);
	int fd = open(text, flags);
	if (fd == -1)
		fail("open");
	puts("open");
	fflush(stdout);
	return fd;
}

static void write_all(int fd, const void *bytes, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t count = write(fd, (const char *)bytes + at, size - at);
		if (count == -1)
			fail("write");
		at += count;
	}
}

static void read_numbers(int fd)
{
	static uint32_t numbers[16384];
	size_t held = 0;
	uint32_t next = 0;
	for (;;) {
		ssize_t count = read(fd, (char *)numbers + held, sizeof numbers - held);
		if (count == -1)
			fail("read");
		if (count == 0)
			break;
		held += count;
		for (size_t i = 0; i < held / 4; i++) {
			if (numbers[i] != next++) {
				fprintf(stderr, "%u is not %u\n", numbers[i], next - 1);
				exit(1);
			}
		}
		memmove(numbers, (char *)numbers + held / 4 * 4, held % 4);
		held %= 4;
	}
	printf("read %u\n", next);
}

static void write_numbers(int fd, uint32_t count)
{
	uint32_t numbers[1000];
	for (uint32_t next = 0; next < count;) {
		size_t length = 0;
		while (length < 1000 && next < count)
			numbers[length++] = next++;
		write_all(fd, numbers, length * sizeof numbers[0]);
	}
}

static void echo(int from, int to)
{
	char bytes[4096];
	ssize_t count;
	while ((count = read(from, bytes, sizeof bytes)) > 0)
		write_all(to, bytes, count);
	if (count == -1)
		fail("read");
}

static void write_blocks(int fd, int count, int size, char letter)
{
	char *block = malloc(size);
	memset(block, letter, size);
	for (int i = 0; i < count; i++) {
		if (write(fd, block, size) != size)
			fail("one write");
	}
	free(block);
}

static void state(int fd)
{
	int flags = fcntl(fd, F_GETFD);
	if (flags == -1) {
		printf("%d closed\n", fd);
		return;
	}
	printf("%d open%s%s\n", fd, flags & FD_CLOEXEC ? " close-on-exec" : "",
	       fcntl(fd, F_GETFL) & O_NONBLOCK ? " nonblocking" : "");
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	if (strcmp(what, "read") == 0)
		read_numbers(target(argv[2], O_RDONLY));
	else if (strcmp(what, "write") == 0)
		write_numbers(target(argv[2], O_WRONLY), atoi(argv[3]));
	else if (strcmp(what, "echo") == 0)
		echo(target(argv[2], O_RDONLY), target(argv[3], O_WRONLY));
	else if (strcmp(what, "blocks") == 0)
		write_blocks(target(argv[2], O_WRONLY), atoi(argv[3]), atoi(argv[4]),
			     argv[5][0]);
	else if (strcmp(what, "state") == 0)
		for (int i = 2; i < argc; i++)
			state(atoi(argv[i]));
	else
		return 2;
	return 0;
}
