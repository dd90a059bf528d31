"""The linker's tables and all its SQL. `graph` holds what every record says; `holdings` what each audience is shown."""
