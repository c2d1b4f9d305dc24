"""Where prints and log records go.

Prints go unbuffered to descriptors 1 and 2. Log records go, one frame each, to the descriptor that
`_LAMBDA_TELEMETRY_LOG_FD` names, so that a record of several lines is one log event; without it to stdout, with `\\r`
between the lines. A frame is AWS's: four bytes of type, four of length, eight of microseconds since the epoch, the
text; all numbers big-endian.
"""

import os
import sys
import time

from devserve_runtime import late

#: Frame types: plain text without a level, errors as text and as JSON.
TEXT, TEXT_ERROR, JSON_ERROR = 0xA55A0003, 0xA55A0017, 0xA55A0016


class FramedSink:
    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        os.set_inheritable(descriptor, False)

    def log(self, message: str, frame_type: "int | None" = None) -> None:
        text = message.encode("utf-8", "backslashreplace")
        head = (frame_type or TEXT).to_bytes(4, "big") + len(text).to_bytes(4, "big")
        _write(self.descriptor, head + (time.time_ns() // 1000).to_bytes(8, "big") + text)

    def error(self, lines: "list[str]", frame_type: int) -> None:
        self.log("\n".join(lines), frame_type)


class PlainSink:
    def log(self, message: str, frame_type: "int | None" = None) -> None:  # noqa: ARG002 - FramedSink's
        try:
            sys.stdout.write(message)
        except (OSError, ValueError, AttributeError):
            pass  # the handler closed it; the runtime goes on

    def error(self, lines: "list[str]", frame_type: int) -> None:  # noqa: ARG002
        self.log("\r".join(lines) + "\n")


def open_sink():
    descriptor = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", "")
    return FramedSink(int(descriptor)) if descriptor else PlainSink()


def unbuffer() -> None:
    """Every write is out when it returns, also before `os._exit`, and any text can be printed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            continue
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        if not stream.write_through:  # started without -u
            stream.flush()
            import io

            raw = io.FileIO(stream.fileno(), "wb", closefd=False)
            unbuffered = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)
            setattr(sys, name, unbuffered)


def prepare_logging(sink) -> None:
    """The root logger gets Lambda's handler the moment logging is first imported, which many functions never do."""
    if "logging" in sys.modules:
        late("logs").set_up(sink)
    else:
        sys.meta_path.insert(0, _LoggingImport(sink))


class _LoggingImport:
    """A finder for one module: lets the others find it, and acts when it has been executed."""

    def __init__(self, sink) -> None:
        self._sink = sink
        self._loader = None

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                self._loader, spec.loader = spec.loader, self
                return spec
        return None

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module) -> None:
        sys.meta_path.remove(self)
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        late("logs").set_up(self._sink)


def _write(descriptor: int, data: bytes) -> None:
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        pass  # the handler closed it; what it logs now is lost, as on AWS
