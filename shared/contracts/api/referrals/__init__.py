"""What referrals is asked and answers."""
