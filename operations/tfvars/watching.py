"""What watches a job: the variables for Debugger's hook and for the profiler, which have the API's names inside."""

from __future__ import annotations

from typing import Any, Final

from operations.tfvars.draft import Draft, Options, Variables, as_text
from operations.tfvars.file import TfvarsError
from operations.tfvars.members import members
from operations.tfvars.places import written

_PAGE: Final = "docs/training-job.md"
_TENSORS: Final = "debugger/"
_PROFILES: Final = "profiles/"
_OF_HOOK: Final = ("S3OutputPath", "LocalPath", "HookParameters", "CollectionConfigurations")
_OF_PROFILER: Final = ("S3OutputPath", "ProfilingIntervalInMilliseconds", "ProfilingParameters", "DisableProfiler")


def watch(draft: Draft, variables: Variables, _options: Options) -> None:
    """Settings `debugger` and `profiler`."""
    if hook := members(draft, variables, "debugger_hook_config", _OF_HOOK, _PAGE):
        draft.job["debugger"] = _given(
            s3_path=written(draft, "debugger_hook_config", str(hook.get("S3OutputPath") or ""), _TENSORS),
            local_path=hook.get("LocalPath"),
            hook_parameters=_texts(hook.get("HookParameters")),
            collections=_collections(hook.get("CollectionConfigurations") or ()),
        )
    if profiler := members(draft, variables, "profiler_config", _OF_PROFILER, _PAGE):
        place = str(profiler.get("S3OutputPath") or "")
        draft.job["profiler"] = _given(
            disabled=profiler.get("DisableProfiler"),
            s3_path=None if profiler.get("DisableProfiler") else written(draft, "profiler_config", place, _PROFILES),
            interval_in_milliseconds=profiler.get("ProfilingIntervalInMilliseconds"),
            parameters=_texts(profiler.get("ProfilingParameters")),
        )


def _collections(configurations: Any) -> dict[str, Any]:  # noqa: ANN401 - as the file has it
    try:
        return {str(each["CollectionName"]): _texts(each.get("CollectionParameters")) for each in configurations}
    except (AttributeError, KeyError, TypeError):
        raise TfvarsError(
            "debugger_hook_config.CollectionConfigurations: got a value of another type; allowed: a list of objects "
            "with CollectionName and CollectionParameters; correct it there"
        ) from None


def _texts(parameters: Any) -> Any:  # noqa: ANN401 - as the file has it; the settings judge what is no mapping
    return (
        {name: as_text(value) for name, value in parameters.items()}
        if isinstance(parameters, dict)
        else parameters or {}
    )


def _given(**settings: object) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value}
