"""Makes channels of the variable `input_data_config`, which is CreateTrainingJob's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from operations.tfvars.draft import Draft, Options, Variables
from operations.tfvars.file import TfvarsError
from operations.tfvars.places import located, prefix

_OF_A_CHANNEL: Final = {
    "ContentType": "content_type",
    "CompressionType": "compression_type",
    "InputMode": "input_mode",
    "RecordWrapperType": "record_wrapper_type",
}
_OF_S3: Final = {
    "AttributeNames": "attribute_names",
    "InstanceGroupNames": "instance_group_names",
    "S3DataDistributionType": "s3_data_distribution_type",
    "S3DataType": "s3_data_type",
}
"""Members of the API -> settings of a channel that hold the same."""
_MANIFESTS: Final = ("ManifestFile", "AugmentedManifestFile")
_FILE: Final = re.compile(r"[^/]*\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,9}")
"""The end of a key that is more likely an object than the beginning of others: `a.csv`, and not `v1.0`."""


def channels(draft: Draft, variables: Variables, _options: Options) -> None:
    """Each channel, by its name.

    Raises:
        TfvarsError: one has no name, or nothing in S3.
    """
    mode = variables.of("training_input_mode", str)
    for place, each in enumerate(variables.of("input_data_config", list) or ()):
        where = f"input_data_config[{place}]"
        try:
            name, source = each["ChannelName"], each["DataSource"]["S3DataSource"]
            uri = str(source["S3Uri"])
        except (KeyError, TypeError):
            raise TfvarsError(f"{where}: lacks ChannelName or DataSource.S3DataSource.S3Uri; add it") from None
        seed = each["ShuffleConfig"].get("Seed") if isinstance(each.get("ShuffleConfig"), Mapping) else None
        channel = {setting: each.get(member) for member, setting in _OF_A_CHANNEL.items()}
        channel |= {setting: source.get(member) for member, setting in _OF_S3.items()}
        channel |= {"input_mode": channel["input_mode"] or mode, "shuffle_seed": seed}
        channel |= _places(draft, where, uri, channel["s3_data_type"])
        others = {*each} - {*_OF_A_CHANNEL, "ChannelName", "DataSource", "ShuffleConfig"} | {*source} - {
            *_OF_S3,
            "S3Uri",
        }
        if others:
            draft.left[where] = f"has {', '.join(sorted(others))}: see docs/configuration.md, channels"
        kept = {key: value for key, value in sorted(channel.items()) if value is not None and value != []}
        draft.job.setdefault("channels", {})[str(name)] = kept


def _places(draft: Draft, where: str, uri: str, kind: Any) -> dict[str, str]:  # noqa: ANN401 - what the file has there
    if kind in _MANIFESTS:
        draft.changed[where] = "is a manifest: set s3_path to the prefix below which its objects lie"
        return {"s3_object": located(draft, uri), "s3_path": located(draft, f"{uri.rpartition('/')[0]}/")}
    path = located(draft, uri)
    if _FILE.fullmatch(path.rpartition("/")[2]):
        draft.changed[where] = "is taken for one object, as its name ends like a file's; a prefix ends with '/'"
        return {"s3_object": path}
    return {"s3_path": prefix(draft, where, path) if path else ""}
