"""The floor: a bare FastAPI endpoint and as many fsynced SQLite commits, with none of the work in between.

`python -m joinedup.bench.floor PORT FILE`
"""

import csv
import io
import sqlite3
import sys
from itertools import islice
from pathlib import Path

import orjson
import uvicorn
from fastapi import FastAPI, Request


def app(path: Path) -> FastAPI:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE record (ref TEXT PRIMARY KEY, content BLOB)")
    bare = FastAPI()

    @bare.post("/file")
    async def file(request: Request, rows_per_commit: int) -> dict[str, int]:
        rows = iter(csv.DictReader(io.StringIO((await request.body()).decode())))
        stored = 0
        while batch := [(row["ref"], orjson.dumps(row)) for row in islice(rows, rows_per_commit)]:
            stored += _commit(connection, batch)
        return {"stored": stored}

    @bare.post("/record")
    async def record(request: Request, commits: int) -> dict[str, int]:
        content = await request.body()
        ref = orjson.loads(content)["ref"]
        return {"stored": sum(_commit(connection, [(f"{ref}/{number}", content)]) for number in range(commits))}

    return bare


def _commit(connection: sqlite3.Connection, rows: list[tuple[str, bytes]]) -> int:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO record VALUES (?, ?)", rows)
    connection.execute("COMMIT")
    return len(rows)


if __name__ == "__main__":
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    uvicorn.run(app(path), port=port, loop="uvloop", http="httptools", log_level="warning", access_log=False)
