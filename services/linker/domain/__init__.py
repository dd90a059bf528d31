"""How records become businesses, businesses a risk, and what businesses share a finding: normalise → block → compare →
score → cluster → relate → assess.

Every step is a pure function of records, a model version and a policy. Nothing here reads a clock, a store or a count
of live records, so that the same records give the same graph whatever the order in which they came.
"""
