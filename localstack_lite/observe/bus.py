"""One fact to all views, in the order of publishing. A view that fails harms neither the others nor the publisher."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from localstack_lite.model.facts import Fact
from localstack_lite.ports import Publish


class Bus:
    """`publish` is a `Publish`. A fact that a view publishes while it is told another comes after that one,
    for everybody.

    `failed` is told the first error of each view.
    """

    def __init__(self, *views: Publish, failed: Callable[[Publish, Exception], None] | None = None) -> None:
        self._views: tuple[Publish, ...] = views
        self._failed = failed
        self._blamed: list[Publish] = []
        self._queue: deque[Fact] = deque()
        self._busy = False

    def subscribe(self, view: Publish) -> Callable[[], None]:
        """Tell this view from the next fact on; the answer ends it."""
        self._views = (*self._views, view)

        def unsubscribe() -> None:
            self._views = tuple(each for each in self._views if each is not view)

        return unsubscribe

    def publish(self, fact: Fact) -> None:
        if self._busy:
            self._queue.append(fact)
            return
        self._busy = True
        try:
            self._tell(fact)
            while self._queue:
                self._tell(self._queue.popleft())
        finally:
            self._busy = False

    def close(self) -> None:
        """No fact will follow: views that hold something back (those with a `close`) hand it over."""
        for view in self._views:
            close = getattr(view, "close", None)
            if close is None:
                continue
            try:
                close()
            except Exception as error:
                self._blame(view, error)

    def _tell(self, fact: Fact) -> None:
        for view in self._views:
            try:
                view(fact)
            except Exception as error:  # whatever a view does wrong stays with the view
                self._blame(view, error)

    def _blame(self, view: Publish, error: Exception) -> None:
        if self._failed is not None and not any(each is view for each in self._blamed):
            self._blamed.append(view)
            self._failed(view, error)
