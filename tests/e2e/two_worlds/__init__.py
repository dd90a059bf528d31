"""Two worlds that differ only in what is hidden from `beta`, and everything that beta can ask of them."""
