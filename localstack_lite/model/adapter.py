"""What stands between Lambda and an app that is no handler: a WSGI or ASGI app, a Zappa project.

The adapter runs inside the execution environment, behind a real event, as one that people deploy does. It is no part of
the function's code: nothing that is listed here counts as the user's package, and GetFunctionConfiguration shows none
of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

#: The variable that names the packages which an adapter offers, and the folder of a package with the code that they lie
#: in, in a stage. The code is in `/var/task` there (AWS docs, "Lambda execution environment").
OFFER, OFFERED = "DEVSERVE_PACKAGES", "devserve_packages"
_TASK = "/var/task"


class AppKind(StrEnum):
    WSGI = "wsgi"
    ASGI = "asgi"
    ZAPPA = "zappa"
    CHALICE = "chalice"


@dataclass(frozen=True, slots=True)
class Adapter:
    """`app` is what it calls (`shop.wsgi:application`), `name` who does it, for people (`Mangum`, `zappa 0.63.0`).

    `folders` are searched for modules after the code and its layers; `packages` are single folders or files of ours
    that can be imported by their name when the project has nothing of that name installed. `variables` are set in the
    environment beside the function's own; the adapter takes out what the app should not see.
    """

    kind: AppKind
    app: str
    name: str
    folders: tuple[Path, ...] = ()
    packages: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    django_settings: str = ""
    """The settings module, of a Django project: management commands need it."""

    @property
    def stage_variables(self) -> dict[str, str]:
        """What the function has in its environment in a stage, where its package carries all of the adapter."""
        offered = ":".join(f"{_TASK}/{OFFERED}/{path.name}" for path in self.packages)
        return {**self.variables, **({OFFER: offered} if offered else {})}
