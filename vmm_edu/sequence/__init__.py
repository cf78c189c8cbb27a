"""Features over time in; a state or a label for every step out."""
