"""Alembic's entry: see shared.runtime.migrate."""

from services.referrals.store.tables import metadata
from shared.runtime.migrate import run_env

run_env(metadata)
