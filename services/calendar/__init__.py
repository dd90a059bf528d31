"""Owns: visits, operations, powers, deconfliction, tasking, outcomes.
Consumes: business changed, merged, withdrawn. Publishes: visit planned, changed, cancelled, done, outcome; outcome
recorded, for ingest."""
