"""The keys of a running server, joined to what they do."""

from __future__ import annotations

import threading
import time
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING

from localstack_lite.app.keys import Action, Keys, Pressed, help_lines
from localstack_lite.model import addresses, exposure
from localstack_lite.model.facts import Noticed

if TYPE_CHECKING:
    from localstack_lite.app.application import App

#: An empty screen, nothing to scroll back to, and on its first line.
CLEAR = "\x1b[2J\x1b[3J\x1b[H"
THROTTLED = {True: "every call is throttled now; t lets them through again", False: "calls are let through again"}
_TIMES = "%a %d %b %H:%M:%S"


class Control:
    """`sync` pushes to the stage; None when there is none beside the server. `opened` opens an address for a person."""

    def __init__(
        self,
        app: App,
        quit: Callable[[], None],
        sync: Callable[[], None] | None,
        opened: Callable[[str], object] = webbrowser.open,
    ) -> None:
        self._app = app
        self._quit = quit
        self._sync = sync
        self._opened = opened
        self._keys = Keys()

    def pressed(self, key: str) -> None:
        """A key that has no meaning does nothing."""
        if (pressed := self._keys.pressed(key)) is not None:
            self._do(pressed)

    def _do(self, pressed: Pressed) -> None:
        app = self._app
        match pressed.action:
            case Action.HELP:
                self._say(*help_lines(self._has()))
            case Action.OPEN:
                # A browser that has to be started first takes its time.
                threading.Thread(target=self._opened, args=(self._address(),), daemon=True).start()
            case Action.RELOAD:
                app.reload()
                self._say("reading the project again; all environments start cold")
            case Action.RECYCLE:
                count = app.service.recycle()
                self._say(f"{count} idle environment{'' if count == 1 else 's'} ended; the next call is cold")
            case Action.THROTTLE:
                self._say(THROTTLED[app.throttle()])
            case Action.KIND:
                self._switch_kind()
            case Action.PREFIX:
                self._switch_prefix()
            case Action.SCHEDULES:
                self._say(*self._schedules())
            case Action.FIRE:
                self._fire(pressed.number)
            case Action.SYNC:
                self._push()
            case Action.CLEAR:
                self._say(CLEAR)
            case Action.QUIT:
                self._quit()
            case Action.SPACE:
                self._say("")

    def _push(self) -> None:
        if self._sync is None:
            self._say("no stage to push to: start with --sync STAGE")
        else:
            self._sync()

    def _has(self) -> list[str]:
        apis = self._app.project.apis
        has = ["switchable"] if any(api.switchable for api in apis) else []
        has += ["staged"] if any(api.kind in exposure.STAGED for api in apis) else []
        has += ["schedules"] if self._app.project.schedules else []
        return has + (["stage"] if self._sync is not None else [])

    def _switch_kind(self) -> None:
        kind = exposure.next_kind(self._app.project)
        if not kind:
            self._say("the project declares its APIs: there is nothing to switch")
            return
        self._app.switch(kind=kind)
        self._say(f"events as of {exposure.TITLES[kind]}: {self._address()}")

    def _switch_prefix(self) -> None:
        apis = [api for api in self._app.project.apis if api.kind in exposure.STAGED]
        if not apis:
            self._say("nothing here has a stage")
            return
        prefix = not exposure.prefixed(apis[0])
        self._app.switch(prefix=prefix)
        how = "the stage is in front of every path" if prefix else "no stage in front"
        self._say(f"{how}: {self._address()}")

    def _address(self) -> str:
        app = self._app
        main = addresses.main_api(app.project)
        return addresses.url(app.project, main, app.gateway_url) if main is not None else app.gateway_url + "/"

    def _schedules(self) -> list[str]:
        upcoming = self._app.clockwork.upcoming()
        if not upcoming:
            return ["no schedules"]
        rows = [
            f"  {number}  {schedule.name}  {schedule.expression}  "
            + ("off" if at is None else f"next {time.strftime(_TIMES, time.localtime(at))}")
            for number, (schedule, at) in enumerate(upcoming, 1)
        ]
        return [*rows, "  a number runs one now"]

    def _fire(self, number: int) -> None:
        upcoming = self._app.clockwork.upcoming()
        if number > len(upcoming):
            self._say(f"there is no schedule {number}")
            return
        self._app.clockwork.fire(upcoming[number - 1][0].name)

    def _say(self, *lines: str) -> None:
        self._app.publish(Noticed(time.time(), lines))
