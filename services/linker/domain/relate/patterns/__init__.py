"""One module a pattern, each a pure function of parties and a rule."""
