"""What people read when a job fails or is missing, as JSONata expressions that the state machine evaluates.

`$job` is what DescribeTrainingJob answered, `$watch` what the watching schedule told. Everything else is known
beforehand and stands in the text.
Source of the form for chat: Amazon Q Developer in chat applications Administrator Guide, "Custom notifications".
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .alarm_names import AlarmNames

_CONSOLES: Final = {
    "aws": "{region}.console.aws.amazon.com",
    "aws-cn": "{region}.console.amazonaws.cn",
    "aws-us-gov": "{region}.console.amazonaws-us-gov.com",
}
"""Partition: where its console is. Source: AWS General Reference."""
_LOG_GROUP: Final = "$252Faws$252Fsagemaker$252FTrainingJobs"
"""Name of the log group as the console's links write it: `/` escaped twice, with `$` instead of `%`."""
ENDED: Final = {
    "MaxRuntimeExceeded": "it reached max_runtime_in_seconds, its limit",
    "MaxWaitTimeExceeded": "it reached max_wait_time_in_seconds: no spare machine was free for long enough",
    "Interrupted": "AWS took the spare machine back",
}
"""SecondaryStatus of a job that was stopped: why. Source: SageMaker API, DescribeTrainingJob."""
RUNBOOK: Final = "docs/runbook.md"


@dataclass(frozen=True)
class Message:
    """A message as SNS publishes it: two JSONata expressions, of a test two texts; the subject is one line of ASCII."""

    subject: str
    text: str


@dataclass(frozen=True)
class MessageWriter:
    """Writes the messages of one job; `for_chat` in the form that chat applications show, which mail shows as JSON."""

    names: AlarmNames
    stack: str
    for_chat: bool = False

    def failed(self) -> Message:
        """A training job has ended as Failed or Stopped."""
        how = "($job.TrainingJobStatus = 'Failed' ? 'failed' : 'was stopped')"
        reasons = f"$lookup({json.dumps(ENDED)}, $job.SecondaryStatus)"
        lines = [
            f"'Training job ' & $job.TrainingJobName & ' ' & {how} & '.'",
            "''",
            f"'Reason: ' & ($exists($job.FailureReason) and $job.FailureReason != '' ? $job.FailureReason : "
            f"$exists({reasons}) ? {reasons} : 'SageMaker tells none')",
            "'Created: ' & $string($job.CreationTime)",
            "'Trained: ' & ($exists($job.TrainingTimeInSeconds) ? $string($job.TrainingTimeInSeconds) & "
            "' s of at most ' & $string($job.StoppingCondition.MaxRuntimeInSeconds) & ' s' : 'not at all')",
            f"'Log: {self._log_start()}' & $job.TrainingJobName & '$252F'",
        ]
        commands = [
            f"'training-jobs logs ' & $job.TrainingJobName & ' --stack {self.stack}'",
            f"'training-jobs doctor --stack {self.stack}'",
        ]
        subject = f"'{self.names.job.prefix}: a training job ' & {how}"
        return self._message(subject, lines, commands, "A training job failed")

    def missed(self) -> Message:
        """No training job of a schedule has completed in time."""
        lines = [
            "'No training job of the schedule ' & $watch.schedule & ' has completed since ' & "
            "$watch.scheduled_time & '.'",
            "''",
            "'Waited: ' & $string($watch.wait) & ' s, the longest that a run may take and the grace.'",
            "'Either none was started, or each of them failed or was stopped.'",
        ]
        commands = [
            f"'training-jobs status --stack {self.stack}'",
            f"'training-jobs dead-letters --stack {self.stack}'",
            f"'training-jobs doctor --stack {self.stack}'",
            f"'training-jobs run --stack {self.stack}'",
        ]
        return self._message(f"'{self.names.job.prefix}: a run is missing'", lines, commands, "A run is missing")

    def tested(self) -> Message:
        """Somebody tries whether the alarms are heard: texts as they are, which a rehearsal can send as well."""
        prefix = self.names.job.prefix
        subject = f"{prefix}: a test of the alarms, nothing has failed"
        text = (
            f"This is a test of the alarms of {prefix}. Nothing has failed, and nothing needs to be done.\n\n"
            f"Somebody has asked for it with training-jobs verify --stack {self.stack}, to see whether you hear the "
            "alarms: tell them that you do."
        )
        if self.for_chat:
            content = {"textType": "client-markdown", "title": subject, "description": text}
            return Message(subject, json.dumps({"version": "1.0", "source": "custom", "content": content}))
        return Message(subject, text)

    def _message(self, subject: str, lines: Sequence[str], commands: Sequence[str], section: str) -> Message:
        if self.for_chat:
            return Message(subject, _chat_notification(subject, lines, commands))
        steps = [*lines, "''", "'Look further:'", *(f"'  ' & {command}" for command in commands)]
        return Message(subject, _joined([*steps, "''", f"'What to do: {RUNBOOK}, \"{section}\"'"]))

    def _log_start(self) -> str:
        scope = self.names.job.scope
        host = _CONSOLES.get(scope.partition, _CONSOLES["aws"]).format(region=scope.region)
        return (
            f"https://{host}/cloudwatch/home?region={scope.region}#logsV2:log-groups/log-group/{_LOG_GROUP}"
            "$3FlogStreamNameFilter$3D"
        )


def _joined(lines: Sequence[str]) -> str:
    # $join takes what is text; a line break is written as JSONata, and JSON, write it.
    return f"$join([{', '.join(lines)}], '\\n')"


def _chat_notification(subject: str, lines: Sequence[str], commands: Sequence[str]) -> str:
    steps = ", ".join(f"'`' & {command} & '`'" for command in commands)
    content = ", ".join(
        [
            "'textType': 'client-markdown'",
            f"'title': {subject}",
            f"'description': {_joined(lines)}",
            f"'nextSteps': [{steps}]",
        ]
    )
    return f"$string({{'version': '1.0', 'source': 'custom', 'content': {{{content}}}}})"
