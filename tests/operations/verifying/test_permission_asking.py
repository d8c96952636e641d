"""What IAM and CloudTrail are asked for a role's use, and what comes of their answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from botocore.stub import Stubber

from operations.verifying.permission_asking import Flown, ask_events, ask_last_accessed, permissions_of, role_documents
from operations.verifying.permissions import RoleUse, allowed_actions
from tests.operations.doctor.healthy import ACCOUNT, JOB_OF_STACK, PREFIX
from tests.operations.verifying.stubbed_place import stubbed_place

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/{PREFIX}-execution"
NAME = f"{PREFIX}-execution"
MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/read-data"
START, END = datetime(2026, 11, 27, 3, tzinfo=UTC), datetime(2026, 11, 27, 4, tzinfo=UTC)
FLOWN = Flown(START, END, wait=lambda _: None)
JOB = "0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10"


def policy(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policies(stub: Stubber, name: str = NAME) -> None:
    """Of a role: one of its own, and one that is attached to it."""
    stub.add_response("list_role_policies", {"PolicyNames": ["own"]}, {"RoleName": name})
    own = {"RoleName": name, "PolicyName": "own"}
    stub.add_response("get_role_policy", own | {"PolicyDocument": policy("s3:GetObject", "logs:CreateLogStream")}, own)
    attached = {"AttachedPolicies": [{"PolicyName": "read-data", "PolicyArn": MANAGED}]}
    stub.add_response("list_attached_role_policies", attached, {"RoleName": name})
    stub.add_response("get_policy", {"Policy": {"DefaultVersionId": "v3"}}, {"PolicyArn": MANAGED})
    version = {"PolicyVersion": {"Document": policy("kms:Decrypt")}}
    stub.add_response("get_policy_version", version, {"PolicyArn": MANAGED, "VersionId": "v3"})


def report(status: str, services: list[dict[str, Any]] | None = None, **more: object) -> dict[str, Any]:
    told = {"JobStatus": status, "JobCreationDate": START, "ServicesLastAccessed": services or []}
    return told | {"JobCompletionDate": END} | more


def service(namespace: str, *actions: dict[str, Any]) -> dict[str, Any]:
    told = {"ServiceName": namespace, "ServiceNamespace": namespace, "LastAuthenticated": START}
    return told | ({"TrackedActionsLastAccessed": list(actions)} if actions else {})


def event(name: str, source: str, **more: object) -> dict[str, Any]:
    return {"CloudTrailEvent": json.dumps({"eventName": name, "eventSource": f"{source}.amazonaws.com", **more})}


def lookup(attribute: str, value: str) -> dict[str, Any]:
    asked = [{"AttributeKey": attribute, "AttributeValue": value}]
    return {"LookupAttributes": asked, "StartTime": START, "EndTime": END}


def test_policies_of_a_role_are_its_own_and_those_attached_to_it() -> None:
    with stubbed_place("iam") as (place, stubs):
        policies(stubs["iam"])

        documents = role_documents(place.client("iam"), ROLE)

    assert allowed_actions(documents) == ("kms:Decrypt", "logs:CreateLogStream", "s3:GetObject")


def test_the_report_of_iam_is_waited_for_and_read_page_by_page() -> None:
    with stubbed_place("iam") as (place, stubs):
        stub = stubs["iam"]
        stub.add_response(
            "generate_service_last_accessed_details", {"JobId": JOB}, {"Arn": ROLE, "Granularity": "ACTION_LEVEL"}
        )
        stub.add_response("get_service_last_accessed_details", report("IN_PROGRESS"), {"JobId": JOB})
        used = {"ActionName": "CreateLogStream", "LastAccessedTime": START}
        first = report("COMPLETED", [service("logs", used)], IsTruncated=True, Marker="2")
        stub.add_response("get_service_last_accessed_details", first, {"JobId": JOB})
        second = report("COMPLETED", [service("s3", {"ActionName": "CreateBucket"})])
        stub.add_response("get_service_last_accessed_details", second, {"JobId": JOB, "Marker": "2"})

        seen = ask_last_accessed(place.client("iam"), ROLE, FLOWN.wait)

    assert (seen.used, seen.tracked) == ({"logs:createlogstream"}, {"s3:createbucket"})


def test_a_report_that_fails_is_noted() -> None:
    with stubbed_place("iam") as (place, stubs):
        stubs["iam"].add_response("generate_service_last_accessed_details", {"JobId": JOB})
        failed = report("FAILED", Error={"Message": "too many", "Code": "A"})
        stubs["iam"].add_response("get_service_last_accessed_details", failed)

        seen = ask_last_accessed(place.client("iam"), ROLE, FLOWN.wait)

    assert seen.notes == ("IAM could not make its report: too many",)


def test_the_calls_of_a_flight_are_found_by_the_keys_of_whoever_assumed_the_role() -> None:
    given = {"credentials": {"accessKeyId": "ASIA1"}}
    assumed = event("AssumeRole", "sts", responseElements=given)
    with stubbed_place("cloudtrail") as (place, stubs):
        stub = stubs["cloudtrail"]
        named = [assumed, assumed, event("AssumeRole", "sts", responseElements=None), event("GetRole", "iam")]
        stub.add_response("lookup_events", {"Events": named, "NextToken": "2"}, lookup("ResourceName", ROLE))
        stub.add_response("lookup_events", {"Events": []}, lookup("ResourceName", ROLE) | {"NextToken": "2"})
        made = [event("CreateLogStream", "logs"), event("Decrypt", "kms", errorCode="AccessDenied")]
        stub.add_response("lookup_events", {"Events": made}, lookup("AccessKeyId", "ASIA1"))

        seen = ask_events(place.client("cloudtrail"), ROLE, FLOWN)

    assert (seen.used, seen.denied, seen.notes) == ({"logs:createlogstream"}, {"kms:Decrypt"}, ())


def test_of_many_sessions_some_are_looked_at_and_the_others_are_counted() -> None:
    with stubbed_place("cloudtrail") as (place, stubs):
        stub = stubs["cloudtrail"]
        keys = [{"credentials": {"accessKeyId": f"ASIA{number}"}} for number in range(23)]
        named = [event("AssumeRole", "sts", responseElements=each) for each in keys]
        stub.add_response("lookup_events", {"Events": named})
        for _ in range(20):
            stub.add_response("lookup_events", {"Events": []})

        seen = ask_events(place.client("cloudtrail"), ROLE, FLOWN)

    assert seen.notes == ("CloudTrail: of 3 further sessions nothing was looked up",)


def test_what_may_not_be_asked_is_noted_and_the_other_source_is_asked() -> None:
    with stubbed_place("iam", "cloudtrail") as (place, stubs):
        iam = stubs["iam"]
        policies(iam, f"{PREFIX}-execution")
        iam.add_client_error("generate_service_last_accessed_details", "AccessDenied", "not authorized")
        iam.add_client_error("list_role_policies", "NoSuchEntity", "no role")
        given = event("AssumeRole", "sts", responseElements={"credentials": {"accessKeyId": "ASIA1"}})
        stubs["cloudtrail"].add_response("lookup_events", {"Events": [given]})
        stubs["cloudtrail"].add_response("lookup_events", {"Events": [event("CreateLogStream", "logs")]})

        execution, scheduler = permissions_of(place, JOB_OF_STACK, FLOWN)

    assert (execution.used, execution.untold) == (("logs:CreateLogStream",), ("kms:Decrypt", "s3:GetObject"))
    assert execution.notes == (
        "IAM for the execution role: GenerateServiceLastAccessedDetails: AccessDenied: not authorized; ask for that "
        "permission, or name a profile that has it with --profile",
    )
    note = "the policies of the scheduler role: ListRolePolicies: NoSuchEntity: no role"
    assert scheduler == RoleUse("scheduler role", notes=(note,))
