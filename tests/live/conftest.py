"""What several live tests share: the cloud, which is slow to start, once for the whole session, and what is pushed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.cloud import Cloud, started
from tests.live.fault_proxy import FaultProxy, fault_proxy
from tests.live.staged import Project, staged

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background has them ignore Ctrl-C, and so would whatever they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # and this one
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the same with `nohup`


@pytest.fixture(scope="session")
def the_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with started(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def cloud(the_cloud: Cloud) -> Cloud:
    """Empty."""
    the_cloud.reset()
    return the_cloud


@pytest.fixture
def proxy(cloud: Cloud) -> Iterator[FaultProxy]:
    """In front of the cloud."""
    with fault_proxy(cloud.address) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> Project:
    """The example `shop`, not pushed yet."""
    return staged(tmp_path, proxy, cloud)


@pytest.fixture
def pushed(shop: Project) -> Project:
    """The same after its first sync."""
    shop.sync()
    shop.proxy.forget()
    return shop
