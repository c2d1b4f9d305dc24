"""Which functions a batch of changes concerns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.change import ChangeKind, FileChange, ReloadPlan
from localstack_lite.model.function import Build, Code, Dockerfile, Function, Image
from localstack_lite.model.project import Project
from localstack_lite.watch.impact import Loaded, plan

C, M, D, T = ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED, ChangeKind.TOUCHED
ROOT = Path("/shop")


def function(name: str, folder: str) -> Function:
    return Function(name, name, "python3.13", "app.handler", Code(ROOT / folder))


PROJECT = Project(
    ROOT,
    functions=(function("Orders", "orders"), function("Users", "users")),
    inputs=(ROOT / "template.yaml", ROOT / "cdk.out" / "stack.json"),
)


def same(path: str) -> str:
    return path


def decided(*changes: tuple[ChangeKind, str], project: Project = PROJECT, **loaded: Loaded) -> ReloadPlan:
    return plan([FileChange(kind, Path(path)) for kind, path in changes], project, loaded, same)


def reads(*files: str) -> Loaded:
    return Loaded(frozenset(files))


def test_a_loaded_file_reloads_the_functions_that_loaded_it_and_no_other() -> None:
    found = decided((M, "/shop/orders/app.py"), Orders=reads("/shop/orders/app.py"), Users=reads("/shop/users/app.py"))
    assert found == ReloadPlan(functions=frozenset({"Orders"}), files=(Path("/shop/orders/app.py"),))


def test_a_shared_file_reloads_all_that_loaded_it() -> None:
    found = decided((M, "/shop/common/db.py"), Orders=reads("/shop/common/db.py"), Users=reads("/shop/common/db.py"))
    assert found.functions == {"Orders", "Users"}


@pytest.mark.parametrize(
    ("method", "path", "counts"),
    [
        ("rust-cargolambda", "orders/target/lambda/bootstrap", False),
        ("rust-cargolambda", "orders/src/target.rs", True),
        ("dotnet8", "orders/shop/obj/project.assets.json", False),
        ("java21", "orders/.gradle/checksums.lock", False),
        ("go1.x", "orders/target/main.go", True),
    ],
)
def test_what_a_compiler_leaves_in_the_source_is_no_cause_to_build_again(method: str, path: str, counts: bool) -> None:
    code = Code(ROOT / ".devserve" / "build" / "Orders", build=Build(method, ROOT / "orders"))
    shop = replace(PROJECT, functions=(replace(PROJECT.functions[0], code=code),))
    assert bool(decided((M, f"/shop/{path}"), project=shop).functions) is counts


def test_an_input_means_reading_again_also_in_an_ignored_place() -> None:
    found = decided((M, "/shop/cdk.out/stack.json"), Orders=reads("/shop/orders/app.py"))
    assert found == ReloadPlan(reread=True, files=(Path("/shop/cdk.out/stack.json"),))


@pytest.mark.parametrize(
    ("path", "reread"),
    [
        ("/shop/layers/shared/python/lib.py", True),
        ("/shop/layers/shared/__pycache__/lib.pyc", False),
        ("/shop/layers/sharedother/lib.py", False),
    ],
)
def test_what_is_below_an_input_that_is_a_folder_is_read_again(path: str, reread: bool) -> None:
    shop = replace(PROJECT, inputs=(*PROJECT.inputs, ROOT / "layers" / "shared"))
    assert decided((C, path), project=shop).reread is reread
    assert not decided((T, path), project=shop).reread


def test_an_input_that_a_function_loaded_does_both() -> None:
    found = decided((M, "/shop/template.yaml"), Orders=reads("/shop/template.yaml"))
    assert (found.reread, found.functions) == (True, {"Orders"})


@pytest.mark.parametrize("kind", [C, M, T])
def test_a_file_that_nobody_loaded_concerns_nobody_that_is_well(kind: ChangeKind) -> None:
    assert not decided((kind, "/shop/orders/new.py"), Orders=reads("/shop/orders/app.py"))


@pytest.mark.parametrize("kind", [C, M, D])
def test_a_loaded_file_counts_however_it_changed(kind: ChangeKind) -> None:
    assert decided((kind, "/shop/orders/app.py"), Orders=reads("/shop/orders/app.py")).functions == {"Orders"}


def test_a_deleted_folder_takes_the_loaded_files_in_it_along() -> None:
    assert decided((D, "/shop/orders/lib"), Orders=reads("/shop/orders/lib/a/b.py")).functions == {"Orders"}
    assert not decided((D, "/shop/orders/li"), Orders=reads("/shop/orders/lib/a/b.py"))
    assert decided((D, "/shop"), Orders=reads("/shop/orders/app.py")).reread


def test_a_function_that_was_never_started_needs_nothing() -> None:
    assert not decided((M, "/shop/orders/app.py"))


@pytest.mark.parametrize(
    "state",
    [Loaded(frozenset(), failed=True), Loaded(None), Loaded(frozenset({"/shop/orders/app.py"}), initialising=True)],
    ids=["failed", "unknown", "initialising"],
)
@pytest.mark.parametrize("kind", [C, M, D])
def test_when_it_is_not_known_what_a_function_needs_everything_in_its_folder_counts(
    state: Loaded, kind: ChangeKind
) -> None:
    assert decided((kind, "/shop/orders/missing.py"), Orders=state, Users=state).functions == {"Orders"}


@pytest.mark.parametrize("path", ["/shop/orders/__pycache__/app.pyc", "/shop/orders/.git/HEAD", "/shop/orders"])
def test_what_is_ignored_does_not_count_for_a_failed_function_either(path: str) -> None:
    assert not decided((M, path), Orders=Loaded(failed=True))


def test_a_touch_says_try_again_to_what_is_not_well_only() -> None:
    touched = (T, "/shop/orders/app.py")
    assert not decided(touched, Orders=reads("/shop/orders/app.py"))
    assert not decided(touched, Orders=Loaded(None))
    assert not decided((T, "/shop/template.yaml"), Orders=reads("/shop/orders/app.py"))
    assert decided(touched, Orders=Loaded(frozenset(), failed=True)).functions == {"Orders"}
    assert decided(touched, Orders=Loaded(frozenset(), initialising=True)).functions == {"Orders"}


LINKS = {"/shop/orders/util.py": "/common/util.py", "/link/app.py": "/shop/orders/app.py", "/shop/orders": "/real/o"}


@pytest.mark.parametrize(
    ("changed", "loaded"),
    [
        ("/common/util.py", reads("/shop/orders/util.py")),
        ("/shop/orders/util.py", reads("/common/util.py")),
        ("/link/app.py", reads("/shop/orders/app.py")),
        ("/real/o/app.py", Loaded(failed=True)),
    ],
)
def test_links_are_followed_on_both_sides(changed: str, loaded: Loaded) -> None:
    found = plan([FileChange(M, Path(changed))], PROJECT, {"Orders": loaded}, lambda path: LINKS.get(path, path))
    assert found.functions == {"Orders"}


names = st.sampled_from(
    [f"/shop/{folder}/{file}" for folder in ("orders", "users", "build", "x/.venv") for file in ("a.py", "b.py", "c~")]
)
states = st.builds(
    Loaded, st.none() | st.frozensets(names, max_size=4), failed=st.booleans(), initialising=st.booleans()
)
changes = st.lists(st.builds(FileChange, st.sampled_from([C, M, D]), names.map(Path)), max_size=6)


@given(changes, states, states)
def test_a_loaded_file_never_goes_unnoticed(burst: list[FileChange], orders: Loaded, users: Loaded) -> None:
    found = plan(burst, PROJECT, {"Orders": orders, "Users": users}, same)
    for name, state in (("Orders", orders), ("Users", users)):
        if {str(change.path) for change in burst} & (state.files or frozenset()):
            assert name in found.functions


@given(changes, states, states)
def test_the_order_of_a_burst_does_not_matter(burst: list[FileChange], orders: Loaded, users: Loaded) -> None:
    loaded = {"Orders": orders, "Users": users}
    assert plan(burst, PROJECT, loaded, same) == plan(burst[::-1], PROJECT, loaded, same)


@given(changes, changes, states)
def test_more_changes_never_mean_less_to_reload(burst: list[FileChange], more: list[FileChange], state: Loaded) -> None:
    fewer = plan(burst, PROJECT, {"Orders": state}, same)
    assert fewer.functions <= plan([*burst, *more], PROJECT, {"Orders": state}, same).functions


def test_sources_that_are_built_concern_their_function_whatever_it_loaded_and_before_it_ever_ran() -> None:
    typed = function("Orders", ".devserve/build/Orders")
    typed = replace(typed, code=replace(typed.code, build=Build("esbuild", ROOT / "ts")))
    image = replace(function("Users", "image"), image=Image("users", Dockerfile(ROOT / "image")))
    shop = replace(PROJECT, functions=(typed, image))
    assert decided((M, "/shop/ts/app.ts"), project=shop, Orders=reads("/shop/x.js")).functions == {"Orders"}
    assert decided((M, "/shop/ts/app.ts"), (M, "/shop/image/app.py"), project=shop).functions == {"Orders", "Users"}
    assert not decided((M, "/shop/ts/node_modules/x/y.js"), project=shop)


def test_a_layers_files_are_the_functions_own_when_its_runtime_does_not_say_what_it_loads() -> None:
    layered = replace(function("Orders", "orders"), opt=ROOT / "layer")
    shop = replace(PROJECT, functions=(layered, function("Users", "users")))
    assert decided((M, "/shop/layer/python/db.py"), project=shop, Orders=Loaded(), Users=Loaded()).functions == {
        "Orders"
    }
