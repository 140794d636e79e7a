"""The model chain and the number check: words only from evidence."""
