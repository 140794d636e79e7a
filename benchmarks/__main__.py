"""`make bench`: runs every benchmark, or those named: `python -m benchmarks normalize detection`."""

from __future__ import annotations

import argparse
import importlib
import sys
import time

PARTS = (
    "normalize",
    "lake",
    "detection",
    "recordings",
    "quality",
    "edge",
    "retrieval",
    "answering",
    "dataset",
    "inspection",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and scores of Lineside.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"which to run: {', '.join(PARTS)} (default: all)")
    chosen = parser.parse_args().parts or PARTS
    unknown = sorted(set(chosen) - set(PARTS))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; choose from {', '.join(PARTS)}")
    for part in chosen:
        _run(part)
    return 0


def _run(part: str) -> None:
    print(f"\n== {part}", flush=True)
    began = time.monotonic()
    for label, figure in importlib.import_module(f"benchmarks.{part}").bench():
        print(f"  {label:<64} {figure}", flush=True)
    print(f"  ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    sys.exit(main())
