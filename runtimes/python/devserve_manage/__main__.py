"""`python FOLDER TASK [ARGUMENT...]`: see the package. Small: the main script is compiled anew at every start."""

import os
import sys


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    # `python FOLDER` searches the folder itself: nobody may find our modules under their short names there.
    if sys.path and os.path.abspath(sys.path[0] or ".") == here:
        del sys.path[0]
    sys.path.insert(0, os.path.dirname(here))
    frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    try:
        from devserve_manage import run

        kept = os.environ.pop("DEVSERVE_BYTECODE", "")
        if kept and sys.version_info >= (3, 9):  # older ones have no such folder, and not all of the syntax
            from devserve_runtime import bytecode

            bytecode.install(os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd(), kept)
    finally:
        sys.dont_write_bytecode = frugal
        del sys.path[0]
    sys.exit(run.main(sys.argv[1], sys.argv[2:]))


if __name__ == "__main__":
    main()
