"""Owns: feeds and their mappings, submissions and receipts, records and their versions, quarantine, feed age and
coverage. Consumes: nothing. Publishes: record received, corrected, retracted; feed stale."""
