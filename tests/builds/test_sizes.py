from __future__ import annotations

from localstack_lite.builds import sizes
from localstack_lite.model.package import Package

MB = 1 << 20


def test_the_largest_are_named_as_people_call_them() -> None:
    files = [
        ("numpy/core/a.so", 30),
        ("numpy.libs/b.so", 40),
        ("numpy-2.1.0.dist-info/RECORD", 5),
        ("app.py", 10),
        ("node_modules/@aws/sdk/index.js", 20),
        ("node_modules/left-pad/index.js", 2),
        ("python/lib/python3.12/site-packages/yaml/a.py", 7),
        ("python/own.py", 1),
    ]
    assert sizes.largest(files) == (
        ("numpy/", 75),
        ("@aws/sdk/", 20),
        ("app.py", 10),
        ("yaml/", 7),
        ("left-pad/", 2),
        ("own.py", 1),
    )


def test_only_the_ten_largest_are_kept() -> None:
    assert [name for name, _ in sizes.largest((f"f{n:02}", n) for n in range(20))] == [
        f"f{n}" for n in range(19, 9, -1)
    ]


def test_a_package_is_reported_against_what_lambda_takes() -> None:
    small = Package("Small", "x", size=900, unpacked=2048, largest=(("app.py", 2048),))
    big = Package("Big", "x", size=60 * MB, unpacked=200 * MB, largest=(("torch/", 190 * MB),))
    assert sizes.report([small, big]) == (
        "Big: 60 MB zipped (of 50 MB, through S3), 200 MB unpacked (80% of 250 MB)",
        "    190 MB  torch/",
        "Small: 900 B zipped (of 50 MB), 2.0 KB unpacked (0% of 250 MB)",
        "    2.0 KB  app.py",
    )


def test_up_to_250_mb_nothing_is_refused() -> None:
    assert sizes.too_large("A", "a", "t.yaml:1", 200 * MB, (), [("l:1", 50 * MB)]) is None


def test_above_the_largest_part_is_named_be_it_a_layer() -> None:
    alone = sizes.too_large("A", "a", "t.yaml:1", 251 * MB, [("torch/", 200 * MB), ("app.py", 51 * MB)])
    assert alone is not None
    assert (alone.where, alone.subject, alone.warning) == ("t.yaml:1", "A", False)
    assert alone.what == "a: 251 MB unpacked, AWS takes 250 MB"
    assert alone.hint.startswith("the largest is torch/;")
    layered = sizes.too_large("A", "a", "t.yaml:1", 100 * MB, [("app.py", 100 * MB)], [("big:3", 151 * MB)])
    assert layered is not None
    assert layered.what == "a: 251 MB unpacked with its layers, AWS takes 250 MB"
    assert layered.hint.startswith("the largest is layer big:3;")
    assert layered.details == ("  151 MB  layer big:3", "  100 MB  app.py")
