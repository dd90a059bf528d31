"""The use cases of referrals. None commits: who calls opened the transaction."""
