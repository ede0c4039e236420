"""Keys of System V objects."""

from peer import option


def key_of(suffix):
    """A key that nobody else has: FNV-1a of the name."""
    value = 2166136261
    for byte in f"{option('name')}_{suffix}".encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value >> 1 | 1
