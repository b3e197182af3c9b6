"""The promises, each with its number, its sentence, and a small check of its own that observes from outside."""
