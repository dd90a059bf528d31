"""The use cases of ingest. None commits: who calls opened the transaction."""
