"""What calendar does for its callers, and when businesses merge or split."""
