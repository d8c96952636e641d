"""Who hears when a job fails, is missing or grows worse, and from which values on.

Limits: SNS API, Subscribe; AWS Chatbot API, CreateSlackChannelConfiguration and
CreateMicrosoftTeamsChannelConfiguration; CloudWatch API, PutMetricAlarm.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from .aws_names import KmsKeyArn
from .promotion_spec import MaximumMetrics, MinimumMetrics

_UUID: Final = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
"""An address of electronic mail."""
HttpsAddress = Annotated[str, Field(max_length=2048, pattern=r"^https://[^\s@]+$")]
"""An address that SNS posts to."""
Uuid = Annotated[str, Field(pattern=_UUID)]
"""An id as Microsoft writes it."""
TopicArn = Annotated[str, Field(max_length=512, pattern=r"^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$")]
"""ARN of a standard SNS topic: CloudWatch writes to no FIFO topic."""


class Slack(BaseModel):
    """A Slack channel."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    workspace_id: Annotated[str, Field(max_length=255, pattern=r"^[0-9A-Z]+$")]
    """Id of the workspace, such as `T07EA123LEP`, which somebody has let Amazon Q Developer into before."""
    channel_id: Annotated[str, Field(max_length=255, pattern=r"^[A-Za-z0-9]+$")]
    """Id of the channel, such as `C07EZ1ABC23`: the end of its link."""


class Teams(BaseModel):
    """A channel of Microsoft Teams."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    tenant_id: Uuid
    """Id of the tenant."""
    team_id: Uuid
    """Id of the team, which somebody has let Amazon Q Developer into before: `groupId` in the channel's link."""
    channel_id: Annotated[str, Field(max_length=255, pattern=r"^[\w=+/.,-]*%3[aA][\w=+/.,-]*%40[\w=+/.,-]*$")]
    """Id of the channel as its link has it, such as `19%3aab6ef35b%40thread.tacv2`."""


class Chat(BaseModel):
    """Channels that Amazon Q Developer in chat applications writes to (docs/alarms.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    slack: Slack | None = None
    """A Slack channel."""
    teams: Teams | None = None
    """A channel of Microsoft Teams."""


class Alarms(BaseModel):
    """What is watched of a job, and who hears of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enabled: bool = True
    """`false` takes the alarms away, such as from one job where `defaults` give them to all."""
    email: Annotated[tuple[Email, ...], Field(max_length=10, strict=False)] = ()
    """Addresses, each of which has to confirm once, by the link that AWS sends."""
    https: Annotated[tuple[HttpsAddress, ...], Field(max_length=10, strict=False)] = ()
    """Addresses that SNS posts to and that confirm by themselves, as an incident service's do. Whoever may read the
    topic's subscriptions reads them."""
    chat: Chat | None = None
    """Channels of Slack and Microsoft Teams."""
    topic_arn: TopicArn | None = None
    """An SNS topic of the stack's account and region that exists already, instead of one of the job's own; its
    subscriptions and its policy are your own as well (docs/alarms.md)."""
    kms_key_arn: KmsKeyArn | None = None
    """The key that encrypts the topic, whose policy lets CloudWatch use it (docs/alarms.md); absent: the job has a key
    of its own, or `topic_arn` is of a topic without one."""
    grace_in_minutes: Annotated[int, Field(ge=5, le=10080)] = 60
    """How long after the time at which a run must have ended it is called missed."""
    duration_share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.8
    """Share of `stopping_condition.max_runtime_in_seconds` from which on a run is called too long."""
    minimum_metrics: MinimumMetrics = {}
    """Metric, of which more is better: below this it is called too bad. Where this and `maximum_metrics` are absent,
    those of `promotion` count."""
    maximum_metrics: MaximumMetrics = {}
    """Metric, of which less is better: above this it is called too bad."""
    dashboard: bool = True
    """Whether the job has a dashboard in CloudWatch, which AWS charges for beyond the first three."""
    budget_in_usd: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """US dollars a month, of which those at `email` hear at 80 % and at 100 %, by the tag `training-job`; absent: no
    budget."""
