"""Documents -> passages -> retrieval."""
