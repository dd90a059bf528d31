"""The role `work`: files that were uploaded, pulls that are due, silence and retention. Any number may run at once."""
