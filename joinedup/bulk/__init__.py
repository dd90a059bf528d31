"""Linking files by the million: the linker's own pure steps over batches, in as many processes as there are cores.

The result is that of `joinedup.linking.link` on the same records, and a test holds it so. What differs is memory: a
record is held as its features in a file, and as a few numbers.
"""
