"""A cookie line that can be broken on purpose: ten machines, their physics, and faults whose truth is known."""
