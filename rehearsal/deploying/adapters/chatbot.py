"""Amazon Q Developer in chat applications: channels. The embedded AWS has none, so nothing is created."""

from __future__ import annotations

from typing import Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs

_COMMON: Final = ("snsTopicArns", "guardrailPolicyArns", "loggingLevel", "userAuthorizationRequired")


def stand_in_for_slack(clients: AwsClients, inputs: Inputs) -> Created:
    """Answer as CreateSlackChannelConfiguration would."""
    return _stand_in(clients, inputs, "slack-channel", ("slackTeamId", "slackChannelId"))


def stand_in_for_teams(clients: AwsClients, inputs: Inputs) -> Created:
    """Answer as CreateMicrosoftTeamsChannelConfiguration would."""
    return _stand_in(clients, inputs, "microsoft-teams-channel", ("tenantId", "teamId", "channelId"))


def _stand_in(clients: AwsClients, inputs: Inputs, kind: str, ids: tuple[str, ...]) -> Created:
    name, role, tags = inputs.take("configurationName"), inputs.take("iamRoleArn"), inputs.take("tags") or {}
    inputs.ignore(*_COMMON, *ids).require_all_taken()
    clients.iam.get_role(RoleName=role.rpartition("/")[2])
    account = clients.sts.get_caller_identity()["Account"]
    arn = f"arn:aws:chatbot::{account}:chat-configuration/{kind}/{name}"
    return Created(arn, {"chatConfigurationArn": arn, "tagsAll": tags})


ADAPTERS: Final = {
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": stand_in_for_slack,
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": stand_in_for_teams,
}
