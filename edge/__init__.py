"""The plant: adapters, the one process, the command line."""
