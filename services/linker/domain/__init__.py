"""How records become businesses, and businesses a risk: normalise → block → compare → score → cluster → assess.

Every step is a pure function of records, a model version and a policy. Nothing here reads a clock, a store or a count
of live records, so that the same records give the same graph whatever the order in which they came.
"""
