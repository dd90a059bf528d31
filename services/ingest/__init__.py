"""Owns: feeds and their mappings, submissions and receipts, records and their versions, quarantine, feed age and
coverage. Consumes: card recorded, outcome recorded. Publishes: record received, corrected, retracted; feed stale."""
