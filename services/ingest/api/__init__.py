"""The routes of ingest."""

from services.ingest.api import coverage, duties, feeds, preview, submissions, ways_in

ROUTERS = (feeds.router, ways_in.router, preview.router, submissions.router, coverage.router, duties.router)

__all__ = ["ROUTERS"]
