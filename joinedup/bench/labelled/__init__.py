"""Labelled sets: records whose true businesses are known, out of their owners' files, through real mappings.

A folder with a description (`set.yaml`, see `description`) is a set; the public sets that we measure on are described
in `sets/`, so that their folders need hold no more than their publishers' files. FEBRL 4 and the synthetic
partnerships are made in code. Columns with the truth are never mapped, so no linker sees them.
"""
