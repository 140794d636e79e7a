"""The OpenAPI document of the application, from which the console's client is made.

`python -m lineside.api.openapi > frontend/openapi.json` writes it; a test compares.
"""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from lineside.api.app import create_app
from lineside.api.services import Services


def document() -> str:
    """The document as committed: sorted, two spaces, one line break at the end."""
    app = create_app(cast(Services, _NoServices()), lambda *_: None)
    described: dict[str, Any] = app.openapi()
    described["info"]["version"] = "1"
    return json.dumps(described, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


class _NoServices:
    """Describing the routes calls none of them."""

    version = "1"


if __name__ == "__main__":
    sys.stdout.write(document())
