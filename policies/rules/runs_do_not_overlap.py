"""SG26: a job is over before the schedule starts the next one."""

from typing import Any

from examples import schedule
from findings import Finding
from resources import NotApplicable
from rule import Config, Judgement, Level, Reference, ResourceRule, Severity
from schedule_expression import ExpressionError, shortest_period_in_seconds
from target_input import SCHEDULE, TrainingJob, training_job


def _check(job: TrainingJob, _config: Config) -> Judgement:
    expression = job.schedule.properties.get("scheduleExpression")
    longest = _longest_run(job)
    if not isinstance(expression, str) or longest is None:
        return NotApplicable("the schedule expression or the job's longest run is not known")
    try:
        period = shortest_period_in_seconds(expression)
    except ExpressionError as error:
        cure = "write cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(time)"
        return [Finding("scheduleExpression", str(error), cure, expression)]
    if period is None:
        return NotApplicable("the schedule fires once")
    if period > longest:
        return []
    fault = f"fires every {period} seconds at the shortest, but one training job may take {longest}"
    return [Finding("scheduleExpression", fault, "fire less often, or lower the stopping condition", expression)]


def _longest_run(job: TrainingJob) -> int | None:
    name = "MaxWaitTimeInSeconds" if job.member("EnableManagedSpotTraining") else "MaxRuntimeInSeconds"
    seconds: Any = job.member("StoppingCondition", name)
    if type(seconds) is not int:
        return None
    window: Any = job.schedule.properties.get("flexibleTimeWindow")
    minutes = window.get("maximumWindowInMinutes") if isinstance(window, dict) else None
    # An invocation at the window's end shortens the time to the next one, which may come at its window's start.
    return seconds + (60 * minutes if type(minutes) is int else 0)


RULE = ResourceRule(
    id="SG26",
    name="no-overlap",
    title="Runs do not overlap",
    description="The shortest time between two invocations must be longer than the longest run of the training job.",
    cure="Fire less often, or lower MaxRuntimeInSeconds (with managed spot training, MaxWaitTimeInSeconds).",
    url="https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "REL05-BP02"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    good=schedule(request={"StoppingCondition": {"MaxRuntimeInSeconds": 3600}}, scheduleExpression="cron(0 3 * * ? *)"),
    bad=schedule(request={"StoppingCondition": {"MaxRuntimeInSeconds": 7200}}, scheduleExpression="rate(1 hour)"),
)
