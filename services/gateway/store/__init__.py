"""The gateway's tables and all its SQL."""
