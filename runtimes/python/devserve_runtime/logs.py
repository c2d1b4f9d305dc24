"""Logging as Lambda sets it up: one handler on the root logger, text or JSON."""

import logging
import os
import time

import devserve_runtime

_JSON_DATE = "%Y-%m-%dT%H:%M:%SZ"
_TEXT_LINE = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
#: Attributes of every record, which are no extras of the caller's.
_USUAL = frozenset(logging.makeLogRecord({}).__dict__.keys() - {"taskName"}) | {"aws_request_id", "tenant_id"}


def set_up(sink) -> None:
    as_json = wants_json()
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    level = {"TRACE": "DEBUG"}.get(level, level).upper()
    logging.Formatter.converter = time.gmtime
    root = logging.getLogger()
    handler = _Handler(sink, as_json, framed_by_level=as_json or bool(level))
    if as_json:
        handler.setFormatter(_JsonFormatter(datefmt=_JSON_DATE))
    else:
        handler.setFormatter(logging.Formatter(_TEXT_LINE, "%Y-%m-%dT%H:%M:%S"))
    if level in logging._nameToLevel:
        root.setLevel(level)
    handler.addFilter(_Invocation())
    root.addHandler(handler)


def wants_json() -> bool:
    return os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"


class _Handler(logging.Handler):
    def __init__(self, sink, as_json: bool, framed_by_level: bool) -> None:
        super().__init__()
        self.log_sink = sink
        self._frame = (0xA55A0002 if as_json else 0xA55A0003) if framed_by_level else None

    def emit(self, record) -> None:
        # Levels are told in the frame's type: 2 or 3 for none, then 10, 14, 18, 22, 26 and one more.
        level = min(50, max(0, record.levelno)) // 10
        frame = self._frame if self._frame is None or not level else self._frame + 4 + 4 * level
        self.log_sink.log(self.format(record), frame)


class _Invocation(logging.Filter):
    def filter(self, record) -> bool:
        record.aws_request_id = devserve_runtime.request_id
        record.tenant_id = devserve_runtime.tenant_id
        return True


class _JsonFormatter(logging.Formatter):
    """One object per line: what there is of the usual keys, then the caller's extras."""

    def format(self, record) -> str:
        import json
        import traceback

        number = min(50, max(0, record.levelno)) // 10 * 10
        record.levelno, record.levelname = number, logging.getLevelName(number)
        error = record.exc_info or None
        told = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(error[2]) if error else None,
            "errorType": error[0].__name__ if error else None,
            "errorMessage": str(error[1]) if error else None,
            "requestId": record.aws_request_id,
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if error else None,
        }
        if record.tenant_id is not None:
            told["tenantId"] = record.tenant_id
        told.update((key, value) for key, value in vars(record).items() if key not in _USUAL and key not in told)
        return json.dumps({k: v for k, v in told.items() if v is not None}, ensure_ascii=False, default=str) + "\n"
