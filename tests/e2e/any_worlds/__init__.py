"""Any two worlds that differ only in what is hidden from `beta`: made up anew for each example."""
