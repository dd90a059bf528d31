"""What referrals knows without a store or a network."""
