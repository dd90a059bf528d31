"""Visits as such: time in London, what a partner may see of a visit, what clashes, what comes out. Pure Python."""
