"""Reading what wrk prints."""

from __future__ import annotations

import pytest

from tests.benchmarks.load import parse

REPORT = """Running 4s test @ http://127.0.0.1:3000/hello
  1 threads and 8 connections
  Latency Distribution
     50%  {p50}
     99%    2.00ms
  1000 requests in 4.00s, 1.00MB read
{trouble}Requests/sec:   6123.45
"""


@pytest.mark.parametrize(("p50", "ms"), [("140.00us", 0.14), ("1.25ms", 1.25), ("1.50s", 1500.0)])
def test_times_are_read_in_ms(p50: str, ms: float) -> None:
    load = parse(REPORT.format(p50=p50, trouble=""))
    assert (load.rate, load.p50, load.errors) == (6123.45, pytest.approx(ms), 0)


def test_errors_are_counted() -> None:
    trouble = "  Socket errors: connect 1, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 10\n"
    assert parse(REPORT.format(p50="1ms", trouble=trouble)).errors == 16


def test_anything_else_is_refused() -> None:
    with pytest.raises(ValueError, match="something else"):
        parse("unable to connect")
