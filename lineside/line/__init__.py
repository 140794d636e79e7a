"""The line as it stands: machine states, current values and their age (the twin)."""
