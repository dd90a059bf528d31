"""Owns: visits, operations, powers, deconfliction, tasking, outcomes. Consumes: nothing yet. Publishes: nothing yet."""
