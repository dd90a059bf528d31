"""`joinedup migrate`: every service's store brought to the newest version."""

from joinedup.stack import STORES, Layout


async def migrate_all(layout: Layout) -> None:
    """Safe to call from several processes at once."""
    from shared.runtime.db import Database  # loaded late: the APIs start meanwhile
    from shared.runtime.migrate import migrate

    for service in STORES:
        database = Database(layout.database_url(service), service)
        try:
            await migrate(database)
        finally:
            await database.close()
