"""The images of functions while they are got: one thread for each, which nobody has to wait for in the end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

from localstack_lite.model.function import Function
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.images import Images, Missing, ReadyImage

Report = Callable[[str, str, float | None, bool], None]


class ImageFetch:
    """Remembers which functions there are, so that an image can be asked for again when its function starts."""

    def __init__(self, images: Images) -> None:
        self._images = images
        self._functions: dict[str, Function] = {}
        self._coming: dict[str, asyncio.Future[ReadyImage | Missing]] = {}

    def know(self, function: Function) -> None:
        self._functions[function.logical_id] = function

    def begin(self, function: Function, report: Report) -> asyncio.Future[ReadyImage | Missing]:
        """Get its image, again when it was got before. `report` is called in the thread."""
        self.know(function)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ReadyImage | Missing] = loop.create_future()
        self._coming[function.logical_id] = future

        def finish(answer: ReadyImage | Missing) -> None:
            if not future.done():
                future.set_result(answer)

        def work() -> None:
            try:
                answer: ReadyImage | Missing = self._images.ensure(function, report)
            except Exception as error:
                answer = Missing(f"the image of {function.name} cannot be had: {error}", "")
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(finish, answer)

        threading.Thread(target=work, name=f"devserve-image-{function.logical_id}", daemon=True).start()
        return future

    async def for_start(self, spec: SandboxSpec) -> ReadyImage | Missing:
        """What is being got, what is known, or one more try: somebody may have fetched it by hand."""
        coming = self._coming.get(spec.function)
        if coming is not None and not coming.done():
            return await asyncio.shield(coming)
        known = self._images.known(spec.function)
        if isinstance(known, ReadyImage):
            return known
        function = self._functions.get(spec.function)
        if function is None:
            return known or Missing(f"no image is known for {spec.function or 'this function'}", "")
        return await asyncio.shield(self.begin(function, _nobody))


def _nobody(task: str, state: str, share: float | None, done: bool) -> None:
    """Nobody is told."""
