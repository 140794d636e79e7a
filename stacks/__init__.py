"""CDK stacks. They point at code by path and never import it; `app.py` hands them what they must know."""
