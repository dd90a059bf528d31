"""What the linker's API answers: always and only what the caller's audience sees."""
