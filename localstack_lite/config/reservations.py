"""Concurrency that functions reserve, against what the account has: what AWS refuses to deploy is told. Pure.

At least 100 concurrent executions have to stay for the functions that reserve none, or all of them where the account
has less (AWS docs, "Configuring reserved concurrency").
"""

from __future__ import annotations

from localstack_lite.model.project import Problem, Project

_SHARED = 100


def problems(project: Project, account: int) -> list[Problem]:
    """One warning for all of the project. `account` is what the account may have at once."""
    reserving = [function for function in project.functions if function.reserved_concurrency]
    reserved = sum(function.reserved_concurrency or 0 for function in reserving)
    shared = min(_SHARED, account)
    if not reserving or account - reserved >= shared:
        return []
    names = ", ".join(function.name for function in reserving[:3]) + (", …" if len(reserving) > 3 else "")
    what = f"{names}: {reserved} of the account's {account} concurrent executions are reserved"
    hint = (
        f"AWS refuses to deploy that: {shared} have to stay for other functions (account_concurrency says of how many)"
    )
    return [Problem(reserving[0].where, what, hint, reserving[0].logical_id, warning=True)]
