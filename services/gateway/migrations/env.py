"""Alembic's entry: see shared.runtime.migrate."""

from services.gateway.store import audit
from shared.runtime.migrate import run_env

run_env(audit.entry.metadata)
