"""Layers whose content changed."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.model.package import MOST_DIRECT
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.layer_versions import layers, version_arns
from localstack_lite.sync.steps import NewLayer, UpdateLayer, UploadObject
from tests.sync.grounds import ground
from tests.sync.modelled_stage import function, layer, package, sha

ARN = "arn:aws:lambda:r:1:layer:common-libs:3"


def found(content: str = "2", deployed: str = "1", size: int = 100, physical: str = ARN, **more: Any) -> Ground:
    """A layer whose stack has other content, unless said otherwise."""
    resources = {
        "Common": layer("Common", CompatibleRuntimes=["python3.13"]),
        "A": function("A", Layers=more.pop("layers", [])),
    }
    packages = {"Common": package("Common", content, size)}
    known = {"Common": sha(deployed)}
    return ground(resources, packages=packages, physical={"Common": physical}, deployed=known, **more)


def test_content_that_the_stack_gave_is_left_alone() -> None:
    assert layers(found("1")).changed == ()
    assert layers(found("1")).steps == ()


def test_other_content_is_a_new_version_under_the_same_name() -> None:
    made = layers(found())
    (step,) = made.steps
    assert isinstance(step, UpdateLayer)
    assert (step.name, step.settings) == ("common-libs", {"CompatibleRuntimes": ["python3.13"]})
    assert made.versions == {"Common": NewLayer("Common")}


def test_a_layer_whose_arn_is_not_told_goes_by_its_name() -> None:
    (step,) = layers(found(physical="")).steps
    assert isinstance(step, UpdateLayer)
    assert step.name == "Common"


def test_content_above_the_limit_goes_through_the_bucket() -> None:
    upload, step = layers(found(size=MOST_DIRECT)).steps
    assert isinstance(upload, UploadObject)
    assert isinstance(step, UpdateLayer)
    assert step.key == upload.key


def test_a_version_that_was_published_directly_is_used_again() -> None:
    made = layers(found(direct={"Common": {"Content": sha("2"), "Arn": "arn:4"}}))
    assert (made.steps, made.versions) == ((), {"Common": "arn:4"})


def test_the_layers_of_a_function_have_the_new_version_in_the_place_of_the_old() -> None:
    new = {"Common": NewLayer("Common")}
    assert version_arns(found(layers=["arn:x", {"Ref": "Common"}]), "A", new) == ["arn:x", NewLayer("Common")]
    assert version_arns(found(layers=[ARN]), "A", new) == [NewLayer("Common")]
    assert version_arns(found(layers=[ARN]), "A", {}) == [ARN]


def test_layers_that_cannot_be_known_are_a_lookup_error() -> None:
    for unknown in ([{"Ref": "Secret"}], {"Ref": "Secret"}, [""]):
        with pytest.raises(LookupError):
            version_arns(found(layers=unknown), "A", {})
