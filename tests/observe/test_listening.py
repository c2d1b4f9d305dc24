"""Log events that show a web server which was started with the import."""

from __future__ import annotations

import pytest

from localstack_lite.observe import listening


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (" * Serving Flask app 'app'\n", True),
        ("INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)\n", True),
        ("Running on http://127.0.0.1:8000\n", True),
        ("Running on Lambda\n", False),
        ("loading the model\n", False),
    ],
)
def test_the_words_of_servers_are_known(message: str, expected: bool) -> None:
    assert listening.shows(message) is expected
