"""Invocations and errors of functions over the last 24 hours, as CloudWatch counted them. I/O.

One call for 250 functions. That CloudWatch does not answer, or may not be asked, keeps nobody from a status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack_lite.sync.session import Session
from localstack_lite.sync.status import Counts

DAY = 86_400
#: Queries of one GetMetricData call (AWS quotas).
_MOST = 500
_METRICS = ("Invocations", "Errors")


def counts(session: Session, names: Mapping[str, str], now: float) -> dict[str, Counts]:
    """By id; `names` are physical names. Functions that nobody called have zeros; empty when nobody answered."""
    ids = list(names)
    found: dict[str, float] = {}
    try:
        client = session.client("cloudwatch")
        for start in range(0, len(ids), _MOST // len(_METRICS)):
            part = range(start, min(start + _MOST // len(_METRICS), len(ids)))
            queries = [_query(index, names[ids[index]], metric) for index in part for metric in _METRICS]
            answer = client.get_metric_data(MetricDataQueries=queries, StartTime=now - DAY, EndTime=now)
            for result in answer.get("MetricDataResults", ()):
                found[str(result["Id"])] = sum(result.get("Values", ()))
    except Exception:  # refused, not reached, or an answer that boto3 cannot read
        return {}
    if len(found) < len(ids) * len(_METRICS):
        return {}  # what answered is no CloudWatch: that answers each query, be it with nothing
    return {
        id: Counts(int(found.get(f"invocations{index}", 0)), int(found.get(f"errors{index}", 0)))
        for index, id in enumerate(ids)
    }


def _query(index: int, name: str, metric: str) -> dict[str, Any]:
    return {
        "Id": f"{metric.lower()}{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Lambda",
                "MetricName": metric,
                "Dimensions": [{"Name": "FunctionName", "Value": name}],
            },
            "Period": 3600,
            "Stat": "Sum",
        },
    }
