"""The peers: other open linkers on the same records, each as somebody who knows it would set it up.

Each peer is a module run as a process of its own, `python -m joinedup.bench.peers.NAME RECORDS OUT`, that reads the
table of `columns`, writes the pairs that it scored, and says on standard output how long it took and what it held.
"""
