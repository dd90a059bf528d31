"""Owns: the graph of mentions and pairs, and what each audience may see of it: businesses, their risk, findings.
Consumes: record received, corrected, retracted. Publishes, once per audience: business changed, merged, split,
withdrawn; risk changed; finding raised, ended."""
