"""The tables of the calendar and all its SQL."""
