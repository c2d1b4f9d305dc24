"""Make the images of the live tests: `python -m tests.images`."""

from __future__ import annotations

import sys

from tests.images.build import make_all

if __name__ == "__main__":
    for name, made in make_all().items():
        print(f"{name} {'made' if made else 'is there'}", file=sys.stderr)
