"""Finding a business by whatever somebody knows of it: words a record is found by, and what was typed, made sense of.

Neither here nor in the store is a word of a record read or counted that the caller's audience does not see: what is
typed is expanded among the visible words alone, so a word that only hidden records have is one that nobody ever wrote.
"""
