"""`python -m localstack_lite` and the `devserve` script."""

from __future__ import annotations

import sys

from localstack_lite.cli.program import run


def main() -> None:
    """Runs the program and exits with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
