"""The members of an object variable: by the names of the API, and as Terraform's own style writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from operations.tfvars.draft import Draft, Variables


def members(draft: Draft, variables: Variables, name: str, known: Iterable[str], page: str) -> Mapping[str, Any]:
    """A variable's members by the API's names, `Subnets` for `subnets` too, without those that have no value.

    Others are named as left behind, with the page that tells of them.
    """
    of_the_api = {_folded(each): each for each in known}
    given = {member: value for member, value in (variables.of(name, dict) or {}).items() if value is not None}
    if others := sorted(each for each in given if _folded(each) not in of_the_api):
        draft.left[name] = f"has {', '.join(others)}: see {page}"
    return {of_the_api[_folded(each)]: value for each, value in given.items() if _folded(each) in of_the_api}


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
