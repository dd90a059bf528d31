"""What ingest knows without a store or a network: feeds, mappings, readers."""
