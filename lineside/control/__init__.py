"""Set-point commands: what may be asked of a machine, who must agree, and whether the machine did it."""
