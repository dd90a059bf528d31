"""What referrals asks of others: the linker, always with the caller's own token, and the scanner of photographs."""
