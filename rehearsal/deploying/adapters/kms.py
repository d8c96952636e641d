"""KMS: keys and their aliases."""

from __future__ import annotations

from typing import Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs


def create_key(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateKey; the id is the key's."""
    tags = inputs.take("tags") or {}
    request = inputs.take_as({"description": "Description", "policy": "Policy"})
    rotates = inputs.take("enableKeyRotation")
    inputs.ignore("deletionWindowInDays").require_all_taken()
    client = clients.client("kms")
    pairs = [{"TagKey": key, "TagValue": value} for key, value in sorted(tags.items())]
    key = client.create_key(**request, Tags=pairs)["KeyMetadata"]
    if rotates:
        client.enable_key_rotation(KeyId=key["KeyId"])
    return Created(key["KeyId"], {"arn": key["Arn"], "keyId": key["KeyId"], "tagsAll": tags})


def create_alias(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateAlias; the id is the alias."""
    name, key = inputs.name(), inputs.take("targetKeyId")
    inputs.require_all_taken()
    client = clients.client("kms")
    client.create_alias(AliasName=name, TargetKeyId=key)
    target = client.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    return Created(name, {"arn": f"{target.rpartition(':')[0]}:{name}", "name": name, "targetKeyArn": target})


ADAPTERS: Final = {"aws:kms/key:Key": create_key, "aws:kms/alias:Alias": create_alias}
