"""A process of its own that runs one workflow of aws-lambda-builders, so that it can be ended. I/O.

Its only argument is a `foreign.request` as JSON. Exit code 0, or 1 with the reason as its last line.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any


def main(words: list[str]) -> int:
    from aws_lambda_builders.builder import LambdaBuilder
    from aws_lambda_builders.exceptions import LambdaBuilderError

    asked: dict[str, Any] = json.loads(words[0])
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    try:
        builder = LambdaBuilder(
            language=asked["language"], dependency_manager=asked["manager"], application_framework=None
        )
        builder.build(
            asked["source"],
            asked["artifacts"],
            asked["scratch"],
            asked["manifest"],
            runtime=asked["runtime"],
            unpatched_runtime=asked["whole_runtime"],
            options=asked["options"],
            architecture=asked["architecture"],
            mode=asked["mode"],
        )
    except (LambdaBuilderError, OSError, ValueError) as error:
        sys.stdout.write(f"error: {' '.join(str(error).split())}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
