"""A made-up Ealing: its partnership and people, what their systems export, and the week that they have together."""
