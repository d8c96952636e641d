import pytest

from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.deploying.adapters import ADAPTERS
from rehearsal.deploying.adapters.inputs import Inputs, UnsupportedPropertyError, tag_list

URN = "urn:pulumi:staging::fixture::fixture:index:Job$aws:sqs/queue:Queue::dead-letters"


def test_properties_are_taken_under_the_names_of_the_api_and_missing_ones_are_left_out() -> None:
    inputs = Inputs(URN, {"name": "q", "delaySeconds": 0})
    assert inputs.take_as({"delaySeconds": "DelaySeconds", "policy": "Policy"}) == {"DelaySeconds": 0}
    assert inputs.name() == "q"
    inputs.require_all_taken()


def test_a_property_that_nobody_took_is_an_error() -> None:
    inputs = Inputs(URN, {"name": "q", "colour": "red", "shape": "round"})
    inputs.name()
    with pytest.raises(UnsupportedPropertyError) as refused:
        inputs.require_all_taken()
    assert str(refused.value) == (
        f"{URN}: the rehearsal does not know colour, shape of aws:sqs/queue:Queue: "
        "add it to the adapter in rehearsal/deploying/adapters/"
    )


def test_a_nested_property_that_nobody_took_is_an_error_with_its_path() -> None:
    inputs = Inputs(URN, {"target": {"retry": {"attempts": 1, "hope": 2}}})
    target = inputs.take_object("target")
    assert target is not None
    retry = target.take_object("retry")
    assert retry is not None
    assert retry.take("attempts") == 1
    with pytest.raises(UnsupportedPropertyError, match=r"does not know target\.retry\.hope of "):
        inputs.require_all_taken()


def test_a_property_that_makes_no_difference_can_be_ignored() -> None:
    Inputs(URN, {"forceDestroy": True}).ignore("forceDestroy").require_all_taken()


def test_an_object_that_is_not_given_is_none() -> None:
    assert Inputs(URN, {}).take_object("target") is None


def test_nothing_can_be_created_from_an_unknown() -> None:
    with pytest.raises(UnsupportedPropertyError) as refused:
        Inputs(URN, {"policy": UNKNOWN}).take("policy")
    assert str(refused.value) == f"{URN}: policy is unknown, so nothing can be created"


def test_a_name_that_is_not_given_is_made_from_the_logical_name_and_is_the_same_each_time() -> None:
    name = Inputs(URN, {}).name()
    assert name == Inputs(URN, {}).name()
    assert name.startswith("dead-letters-")
    assert len(name) == len("dead-letters-") + 7
    assert name != Inputs(URN.replace("staging", "prod"), {}).name()


def test_tags_are_listed_in_order() -> None:
    assert tag_list({"b": "2", "a": "1"}) == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert tag_list(None) == []


def test_there_is_an_adapter_for_every_type_that_the_project_uses() -> None:
    assert set(ADAPTERS) == {
        "aws:budgets/budget:Budget",
        "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
        "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:kms/alias:Alias",
        "aws:kms/key:Key",
        "aws:s3/bucketObject:BucketObject",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:scheduler/schedule:Schedule",
        "aws:scheduler/scheduleGroup:ScheduleGroup",
        "aws:sfn/stateMachine:StateMachine",
        "aws:sns/topic:Topic",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:sqs/queue:Queue",
    }
