"""An alarm -> an advisory: evidence, SOP steps, severity, compliance; the five-minute advisor."""
