"""How long Splink takes to find the matches of one new record among many: `python -m … LOADED SINGLES`, JSON out.

The model is that of `joinedup.bench.peers.splink`, trained on the loaded records; its training is not timed.
"""

import logging
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
import pandas
from splink import DuckDBAPI, Linker

from joinedup.bench.peers.running import filled
from joinedup.bench.peers.splink import DEFAULT, LEAST, settings, table, train

_TERMS = ("name", "street", "postcode", "phone", "email", "company", "licence", "owner")


def milliseconds(loaded: Path, singles: Path) -> list[float]:
    """Of each single record but the first, which warms up."""
    data = pandas.read_csv(loaded, dtype=str, keep_default_na=False)
    held = filled(data.to_dict("records"), LEAST)
    database = DuckDBAPI()
    everything = database.register(table(data, held))
    linker = Linker(everything, settings(held))
    train(linker, held)
    for column in held.intersection(_TERMS):
        linker.table_management.compute_tf_table(column)
    coming = table(pandas.read_csv(singles, dtype=str, keep_default_na=False), held)
    return [_one(linker, database, everything, coming.iloc[[place]]) for place in range(len(coming))][1:]


def _one(linker: Any, database: Any, everything: Any, record: Any) -> float:
    began = perf_counter()
    found = linker.inference.predict_between(everything, database.register(record), threshold_match_weight=DEFAULT)
    found.as_record_list()
    taken = perf_counter() - began
    found.drop_table_from_database_and_remove_from_cache()
    return 1000 * taken


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    answer = {"version": version("splink"), "milliseconds": milliseconds(Path(sys.argv[1]), Path(sys.argv[2]))}
    sys.stdout.write(orjson.dumps(answer).decode())
