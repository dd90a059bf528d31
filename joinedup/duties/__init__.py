"""Data protection documents filled from configuration: what is processed, who receives it, how long it is kept."""
