"""The resources that watch a job: their types, the program that declares them, and which are alarms."""

from collections.abc import Callable
from typing import Annotated, Any

from components.alarm_spec import Alarms
from components.prepared_job import FurtherSchedule, PreparedJob
from components.schedule_spec import ScheduleSpec
from components.scheduled_training_job import ScheduledTrainingJob

Resources = Annotated[Any, "conftest.Declared"]
TAGS = {"team": "ml-platform", "project": "scheduled-training", "stack": "prod", "training-job": "breast-cancer"}
TOPIC, KEY, ALIAS = "aws:sns/topic:Topic", "aws:kms/key:Key", "aws:kms/alias:Alias"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
MACHINE, RULE = "aws:sfn/stateMachine:StateMachine", "aws:cloudwatch/eventRule:EventRule"
TARGET, SCHEDULE = "aws:cloudwatch/eventTarget:EventTarget", "aws:scheduler/schedule:Schedule"
ALARM, DASHBOARD = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/dashboard:Dashboard"
BUDGET = "aws:budgets/budget:Budget"
SLACK = "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration"
TEAMS = "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration"
ROLE_POLICY, ROLE = "aws:iam/rolePolicy:RolePolicy", "aws:iam/role:Role"
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:breast-cancer-prod-alarms"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"


def with_alarms(prepared: PreparedJob, further: ScheduleSpec | None = None, **alarms: object) -> Callable[[], None]:
    """The program of a job with these alarms."""
    job = prepared.training_job.model_copy(update={"alarms": Alarms.model_validate(alarms)})
    others = {"weekly": FurtherSchedule(job, further, prepared.source_bundle)} if further else {}
    changed = vars(prepared) | {"training_job": job, "further_schedules": others}
    return lambda: ScheduledTrainingJob("breast-cancer", PreparedJob(**changed)) and None


def alarms_of(declared: Resources) -> dict[str, dict[str, Any]]:
    return {each.inputs["name"]: each.inputs for each in declared.resources if each.type == ALARM}


def needed_by(declared: Resources, type_token: str, name: str | None = None) -> set[str]:
    """Names of what a resource waits for."""
    names = {each.urn: each.name for each in declared.resources}
    return {names[urn] for urn in declared.one(type_token, name).dependencies}
