"""Every call that the doctor makes is in botocore's models, with its members; what has pages is paginated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

ASKING = Path(__file__).parents[3] / "operations" / "doctor" / "asking"
SERVICES = {
    name: name for name in ("ec2", "ecr", "iam", "s3", "sagemaker", "scheduler", "secretsmanager", "sns", "sqs", "sts")
}
SERVICES["service_quotas"] = "service-quotas"
READS = r"(describe|list|simulate)_[a-z_]+"
TAKEN_BY_BOTO3 = {"PaginationConfig"}
ONE_PAGE_ON_PURPOSE = {"list_objects_v2", "describe_images", "list_tags_for_resource"}
"""One page of objects shows whether there are any; one image is asked for; tags have no pages."""


@cache
def operations_of(service: str) -> dict[str, OperationModel]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


@cache
def paginated(service: str) -> frozenset[str]:
    pages: dict[str, Any] = Loader().load_service_model(service, "paginators-1")["pagination"]
    return frozenset(map(xform_name, pages))


def calls() -> Iterator[tuple[str, str, str, set[str]]]:
    """File, name of the client, operation and members of each call by a client's name."""
    for file in sorted(ASKING.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                client = node.func.value
                members = {str(each.arg) for each in node.keywords if each.arg}
                if isinstance(client, ast.Name) and client.id in SERVICES and node.func.attr != "get_paginator":
                    yield file.name, client.id, node.func.attr, members
                if node.func.attr == "paginate" and isinstance(client, ast.Call):
                    asked, owner = client.args[0], client.func
                    assert isinstance(owner, ast.Attribute)
                    assert isinstance(owner.value, ast.Name)
                    if isinstance(asked, ast.Constant):
                        assert asked.value in paginated(SERVICES[owner.value.id])
                        yield file.name, owner.value.id, str(asked.value), members - TAKEN_BY_BOTO3


FOUND = list(calls())


@pytest.mark.parametrize(
    ("file", "client", "operation", "members"), FOUND, ids=[f"{each[1]} {each[2]}" for each in FOUND]
)
def test_a_call_is_one_of_the_service_with_members_that_it_has(
    file: str, client: str, operation: str, members: set[str]
) -> None:
    known = operations_of(SERVICES[client])

    assert operation in known, file
    shape = known[operation].input_shape
    assert members <= {*(shape.members if shape else ())}


def test_an_operation_that_is_named_by_a_text_has_pages() -> None:
    named = {
        text
        for file in ASKING.glob("*.py")
        for text in re.findall(rf'"({READS})"', file.read_text(encoding="utf-8"))
        for text in [text[0]]
    }

    assert named >= {"describe_subnets", "list_service_quotas"}
    assert [each for each in named if not any(each in paginated(service) for service in SERVICES.values())] == []


def test_what_has_pages_is_not_asked_for_one_of_them_but_on_purpose() -> None:
    direct = {
        (client, node.func.attr)
        for file in ASKING.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
        if (client := node.func.value.id) in SERVICES and node.func.attr != "get_paginator"
    }

    one_page = {operation for client, operation in direct if operation in paginated(SERVICES[client])}
    assert one_page <= ONE_PAGE_ON_PURPOSE
