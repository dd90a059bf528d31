"""The tables of referrals and all its SQL."""
