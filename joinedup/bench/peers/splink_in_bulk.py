"""Splink from one table to clusters, as its users run it: `python -m … TABLE FOLDER`.

Settings and training are those of `joinedup.bench.peers.splink`. Pairs stay inside DuckDB, as many as reach Splink's
default, so that nothing of this harness is in its figures.
"""

import logging
from pathlib import Path

import pandas
from splink import DuckDBAPI, Linker

from joinedup.bench.peers.running import Output, main
from joinedup.bench.peers.splink import DEFAULT, LEAST, settings, table, train


def run(path: Path) -> Output:
    data = pandas.read_csv(path, dtype=str, keep_default_na=False)
    held = {str(column) for column in data.columns if (data[column] != "").mean() >= LEAST}
    linker = Linker(DuckDBAPI().register(table(data, held)), settings(held))
    train(linker, held)
    found = linker.inference.predict(threshold_match_weight=DEFAULT)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_weight=DEFAULT)
    clusters.to_csv(str(path.with_name("splink-clusters.csv")), overwrite=True)
    return Output((), DEFAULT)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    main("splink", run)
