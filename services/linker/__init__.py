"""Owns: the graph of mentions and pairs, and what each audience may see of it: businesses and their risk.
Consumes: record received, corrected, retracted. Publishes, once per audience: business changed, merged, split,
withdrawn; risk changed."""
