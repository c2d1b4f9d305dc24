"""`python -m localstack_lite` and the `devserve` script."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the program and exits with its code. Ctrl-C while it is still loaded is no traceback either."""
    try:
        from localstack_lite.cli.program import run
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
