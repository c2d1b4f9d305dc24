"""What a function is told of its adapter in a stage."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.model.adapter import Adapter, AppKind


def test_in_a_stage_the_offered_packages_are_named_where_they_lie_there() -> None:
    packages = (Path("/here/site-packages/mangum"), Path("/elsewhere/typing_extensions.py"))
    adapter = Adapter(AppKind.ASGI, "shop:app", "Mangum", packages=packages, variables={"DEVSERVE_APP": "{}"})
    assert adapter.stage_variables == {
        "DEVSERVE_APP": "{}",
        "DEVSERVE_PACKAGES": "/var/task/devserve_packages/mangum:/var/task/devserve_packages/typing_extensions.py",
    }


def test_without_packages_only_its_own_variables_are_told() -> None:
    assert Adapter(AppKind.WSGI, "shop:app", "apig-wsgi", variables={"A": "1"}).stage_variables == {"A": "1"}
