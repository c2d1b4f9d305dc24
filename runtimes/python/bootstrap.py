"""The Python runtime of devserve: starts the loop that asks the Runtime API for invocations and runs the handler.

Standard library only, Python 3.9 to 3.14, and nothing but HTTP to `AWS_LAMBDA_RUNTIME_API`, so it runs wherever a
Lambda runtime may. This file is small because the main script is compiled anew at every start; everything else is in
the package beside it, whose byte code is cached even under `python -B` (which is there for the user's files).
"""

import os
import sys


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    # The user's code must not see this folder: `import bootstrap` is theirs.
    if sys.path and os.path.abspath(sys.path[0] or ".") == here:
        del sys.path[0]
    sys.path.insert(0, here)
    frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    try:
        from devserve_runtime import loop
    finally:
        sys.dont_write_bytecode = frugal
        sys.path[0] = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    loop.run()


if __name__ == "__main__":
    main()
