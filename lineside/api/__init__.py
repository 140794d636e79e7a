"""The one HTTP application (FastAPI), used by both runtimes."""
