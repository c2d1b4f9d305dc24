"""What a function's own files do that Lambda does not let them, or that ends with the environment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from localstack_lite.builds.doctor.finding import Finding, Severity
from localstack_lite.builds.doctor.source import Source

_DATABASES = (".sqlite3", ".sqlite", ".db", ".db3")
#: Modules of Zappa's package, which a project's own of the same name hide (Zappa warns of them when it packages).
_ZAPPA = ("zappa", "wsgi", "middleware", "handler", "util", "letsencrypt", "cli")
_KEEP = "write to /tmp (each environment has its own, and it ends with it), to S3 or to a database"
_SERVER = "use a database server, or an S3-backed SQLite"


def written(sources: Iterable[Source], prefix: str = "") -> Iterator[Finding]:
    """Files that are opened to be written, by the place that stands there. `prefix` goes before paths."""
    for source in sources:
        for one in source.written:
            where = f"{prefix}{source.path}:{one.line}"
            path = one.path.removeprefix("sqlite:///") if one.kind == "url" else one.path
            if one.kind == "url" and path in ("", ":memory:"):
                continue
            if path.startswith("/tmp/"):
                if one.kind != "file":
                    what = f"the SQLite database {path} is each environment's own, and ends with it"
                    yield Finding(Severity.DIFFERS, "database", where, what, _SERVER)
            elif path.startswith("/dev/"):
                continue
            elif one.kind == "file":
                what = f"writes {path}, and on Lambda only /tmp can be written to"
                yield Finding(Severity.FAILS, "files", where, what, _KEEP)
            else:
                what = f"the SQLite database {path} is read-only on Lambda: every write fails"
                yield Finding(Severity.FAILS, "database", where, what, _SERVER)


def broken(sources: Iterable[Source], prefix: str = "") -> Iterator[Finding]:
    for source in sources:
        if source.problem is not None:
            said, line = source.problem
            yield Finding(Severity.FAILS, "imports", f"{prefix}{source.path}:{line}", f"cannot be read: {said}")


def served(sources: Iterable[Source], prefix: str = "") -> Iterator[Finding]:
    for source in sources:
        for call, line in source.served:
            what = f"{call}() starts a server when the file is imported, so initialisation never ends"
            hint = 'put it below `if __name__ == "__main__":`; on Lambda and here nothing has to listen'
            yield Finding(Severity.FAILS, "imports", f"{prefix}{source.path}:{line}", what, hint)


def personal(sources: Iterable[Source], prefix: str = "") -> Iterator[Finding]:
    for source in sources:
        for path, line in source.personal:
            what = f"{path} is a path of this machine: there is no such place on Lambda"
            yield Finding(Severity.NOTE, "files", f"{prefix}{source.path}:{line}", what)


def packaged_databases(files: Iterable[str]) -> Iterator[Finding]:
    """`files` are the paths in the package."""
    for path in sorted(files):
        if path.endswith(_DATABASES) and "/site-packages/" not in path:
            what = "this SQLite database would be in the package, where it can be read and never written"
            hint = "exclude it, or see to it that nothing writes to it"
            yield Finding(Severity.DIFFERS, "database", path, what, hint)


def shadows(names: Sequence[str]) -> Iterator[Finding]:
    """`names` are those in the root of a Zappa project."""
    for module in _ZAPPA:
        for name in (f"{module}.py", module):
            if name in names:
                what = f"is called as a module of Zappa's ({module}), which may be imported in its place"
                yield Finding(Severity.NOTE, "imports", name, what, "give it another name")
