"""Lineside: the rules. No AWS, no broker, no environment, no clock of its own."""
