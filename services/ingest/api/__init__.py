"""The routes of ingest."""

from services.ingest.api import coverage, feeds, preview, submissions, ways_in

ROUTERS = (feeds.router, ways_in.router, preview.router, submissions.router, coverage.router)

__all__ = ["ROUTERS"]
