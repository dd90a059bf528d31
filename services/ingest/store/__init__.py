"""The tables of ingest and all its SQL; one module an aggregate."""

from services.ingest.store.tables import metadata

__all__ = ["metadata"]
