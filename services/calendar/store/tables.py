"""The tables of calendar: so far those that every service has."""

from sqlalchemy import MetaData

from shared.runtime.inbox import inbox_table
from shared.runtime.outbox import outbox_table

metadata = MetaData(schema="calendar")
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
