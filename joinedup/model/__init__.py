"""`joinedup model`: the scoring policy trained on a partnership's own records, compared, published and switched to."""
