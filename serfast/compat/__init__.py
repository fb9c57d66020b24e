"""Drop-in modules: another toolkit's names and conventions over serfast's engine."""
