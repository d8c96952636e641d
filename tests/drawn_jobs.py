"""Whole jobs, drawn from the settings' own models: every field, and with it each one that is added later.

What a type says (limits, patterns, choices) is drawn from; what only code says has its values in `SAID_BY_CODE`. Most
jobs are then made to fit in what relates several fields, so that a good share of them is accepted.
"""

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components.model_fields import is_model, limits_of
from components.schedule_input import CONTEXT_ATTRIBUTES
from components.training_images import versions_of
from settings import TrainingJobSettings

Values = dict[str, Any]
Strategy = st.SearchStrategy[Any]

BUCKET: Final = "ml-bucket"
LAKE: Final = "company-lake"
KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
_REPOSITORY: Final = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/training"
_ARN: Final = "arn:aws:sagemaker:us-east-1:123456789012:"
_TEXT: Final = st.text(max_size=12) | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=40)
_LINE: Final = st.text(st.characters(codec="latin-1", exclude_categories=["C"]), min_size=1, max_size=20)
_TAG: Final = st.sampled_from(["team", "größe ²/@+=:._-", "x" * 128]) | st.text(min_size=1, max_size=2)
_OUT_PATHS: Final = st.sampled_from(["outputs/", "a b/c+d/", "ö=1/@x,y&z:/", f"s3://{BUCKET}/models/", "x" * 799 + "/"])
_PATHS: Final = st.sampled_from(["dt={scheduled_date-1d:%Y-%m-%d}/", "in/{scheduled_time}/", "{scheduled_date}/"])
_LOCAL: Final = st.sampled_from(["/opt/ml/checkpoints", "/opt/ml/state", "/tmp/a b", "/opt/ml/output/tensors"])
_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _LINE,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_LINE, inner, max_size=2),
    max_leaves=4,
)
_INSTANCE_TYPES: Final = st.sampled_from(["ml.m5.large", "ml.c5.xlarge", "ml.g5.xlarge", "ml.m5d.large"])
_FRAMEWORKS: Final = st.sampled_from(["scikit-learn", "xgboost", "pytorch", "tensorflow", "huggingface"])
_NAMED_IMAGE: Final = _FRAMEWORKS.flatmap(
    lambda framework: st.fixed_dictionaries(
        {"framework": st.just(framework), "version": st.sampled_from(versions_of(framework))}
    )
)
_URI: Final = st.sampled_from([f"{_REPOSITORY}:1.0", f"{_REPOSITORY}@sha256:{'0a' * 32}"])
_OWN_IMAGE: Final = st.fixed_dictionaries(
    {"uri": _URI},
    optional={
        "entrypoint": st.lists(_LINE, max_size=3),
        "arguments": st.lists(_LINE, max_size=3),
        "repository_access_mode": st.just("Platform"),
    },
)
_PRIVATE_IMAGE: Final = st.fixed_dictionaries(
    {"uri": st.just("registry.example.com:5000/team/training:1.0"), "repository_access_mode": st.just("Vpc")},
    optional={
        "repository_credentials_provider_arn": st.just("arn:aws:lambda:us-east-1:123456789012:function:credentials")
    },
)

SAID_BY_CODE: Final[dict[tuple[str, str], Strategy]] = {
    ("Channel", "s3_object"): st.sampled_from(["a.csv", "manifests/ü 1.json", f"s3://{LAKE}/b.csv"]),
    ("Channel", "s3_path"): _PATHS | st.sampled_from(["in/a/", "dt=2026-11-26/", f"s3://{LAKE}/d+e/", "y" * 900 + "/"]),
    ("Checkpoint", "local_path"): _LOCAL,
    ("Debugger", "local_path"): _LOCAL,
    ("FileSystem", "directory_path"): st.sampled_from(["/", "/datasets/training", "/mount name/ä"]),
    ("Profiler", "interval_in_milliseconds"): st.sampled_from([100, 200, 500, 1000, 5000, 60000]),
    ("ScheduleSpec", "end_date"): st.just("2030-01-01T00:00:00Z"),
    ("ScheduleSpec", "expression"): st.sampled_from(
        ["cron(0 3 * * ? *)", "cron(15 10 ? * 6L 2026-2030)", "rate(12 hours)", "at(2027-01-31T03:00:00)"]
    ),
    ("ScheduleSpec", "start_date"): st.just("2027-01-01T00:00:00+02:00"),
    ("Source", "directory"): st.sampled_from(["training_code", "own_code"]),
    ("TensorBoard", "local_path"): _LOCAL,
    ("TrackingSpec", "tracking_uri"): st.just("https://mlflow.example.com:5000/base"),
    ("WatchingRule", "instance_type"): st.just("ml.t3.medium"),
    ("TrainingImage", "version"): st.sampled_from(["2.6", "1.7-1", "9"]),
}
"""(model, field) -> values of which a check in code decides; elsewhere the type tells."""

OF_NAME: Final[dict[str, Strategy]] = {
    "environment": st.dictionaries(st.sampled_from(["OMP_NUM_THREADS", "x", "A1"]), _TEXT, max_size=3),
    "hyperparameters": st.dictionaries(_LINE, _JSON, max_size=4),
    "instance_type": _INSTANCE_TYPES,
    "kms_key_arn": st.just(KEY),
    "volume_kms_key_arn": st.just(KEY),
    "metric_definitions": st.dictionaries(_LINE, st.just("loss=([0-9.]+)"), max_size=3),
    "s3_path": _OUT_PATHS,
    "artifact_store": st.just("mlflow-artifacts/") | st.just("s3://elsewhere-bucket/mlflow/"),
    "time_zone": st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/ComodRivadavia"]),
    "training_image": st.fixed_dictionaries({"scikit_learn_version": st.sampled_from(["1.9-0", "1.4-2", "1.2-1"])})
    | _NAMED_IMAGE
    | _OWN_IMAGE
    | _PRIVATE_IMAGE,
    "training_plan_arn": st.just(f"{_ARN}training-plan/nightly-training"),
}
"""Fields of whatever model, by name: settings whose values of any form would nearly never go together."""

OFTEN: Final = 4
"""One in so many of the fields that may be absent is there."""


@cache
def of_model(model: type[BaseModel]) -> Strategy:
    """Values of one model: its required fields, and some of the others."""
    fields = {
        name: of_field(model, name, field) for name, field in model.model_fields.items() if name != "further_schedules"
    }
    required = {name for name, field in model.model_fields.items() if field.is_required()}

    @st.composite
    def drawn(draw: st.DrawFn) -> Values:
        chosen = {name for name in fields if name in required or draw(st.integers(1, OFTEN)) == 1}
        return {name: draw(fields[name]) for name in fields if name in chosen}

    return drawn()


def of_field(model: type[BaseModel], name: str, field: FieldInfo) -> Strategy:
    said = SAID_BY_CODE.get((model.__name__, name))
    if said is None and name in OF_NAME:
        said = OF_NAME[name]
    return said if said is not None else of_type(field.annotation, list(limits_of(field)) + list(field.metadata))


def of_type(annotation: Any, limits: list[Any]) -> Strategy:  # noqa: ANN401, C901, PLR0911 - a type; one for each kind
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        own = [
            part for limit in arguments[1:] for part in (limit.metadata if isinstance(limit, FieldInfo) else [limit])
        ]
        return of_type(arguments[0], own)
    if origin in (Union, UnionType):
        return st.one_of(of_type(part, limits) for part in arguments if part is not NoneType)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is dict:
        most = min(3, _limit(limits, "max_length", 3))
        least = _limit(limits, "min_length", 0)
        return st.dictionaries(of_type(arguments[0], []), of_type(arguments[1], []), min_size=least, max_size=most)
    if origin is tuple:
        return st.lists(of_type(arguments[0], []), min_size=_limit(limits, "min_length", 0), max_size=2)
    if is_model(annotation):
        return of_model(annotation)
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        low, high = _limit(limits, "ge", None), _limit(limits, "le", None)
        return st.sampled_from([low, high]) | st.integers(low, high)
    if annotation is float:
        return st.floats(0, 2)
    if annotation is str:
        return _of_text(limits)
    raise NotImplementedError(f"{annotation}: say in SAID_BY_CODE what may stand there")


def _of_text(limits: list[Any]) -> Strategy:
    pattern = _limit(limits, "pattern", "")
    low, high = _limit(limits, "min_length", 0), _limit(limits, "max_length", 2048)
    drawn = st.from_regex(pattern, fullmatch=True) if pattern else _TEXT | st.just("x" * high)
    return drawn.filter(lambda text: low <= len(text) <= high)


def _limit(limits: list[Any], name: str, default: Any) -> Any:  # noqa: ANN401 - a limit of whatever kind
    return next((found for each in limits if (found := getattr(each, name, None)) is not None), default)


@st.composite
def jobs(draw: st.DrawFn) -> Values:
    """The settings of one job: three of four are made to fit."""
    job: Values = draw(of_model(TrainingJobSettings))
    if draw(st.sampled_from([True, True, True, False])):
        _fit(draw, job)
    if draw(st.sampled_from([False, False, False, False, True])):
        _fill(draw, job)
    if draw(st.integers(1, OFTEN)) == 1:
        own: Values = {"schedule": {"expression": draw(SAID_BY_CODE["ScheduleSpec", "expression"])}}
        job["further_schedules"] = {"weekly": own | {"stopping_condition": {"max_runtime_in_seconds": 30}}}
    return job


@st.composite
def stacks(draw: st.DrawFn) -> Values:
    """A stack's values, as its YAML holds them."""
    return {
        "bucket": BUCKET,
        "data_buckets": {LAKE: {"kms_key_arn": KEY}},
        "training_jobs": {"churn": draw(jobs())},
        "tags": draw(st.dictionaries(_TAG, _TAG, max_size=1)),
    }


def _fill(draw: st.DrawFn, job: Values) -> None:
    """Make some of it as large as it can be, or a little larger."""
    what = draw(st.sampled_from(["channels", "environment", "hyperparameters", "attributes", "path"]))
    if what == "channels":
        path = draw(st.sampled_from(["in/", "dt={scheduled_date}/"]))
        job["channels"] = {f"c{number}": {"s3_path": path} for number in range(draw(st.integers(16, 21)))}
    elif what == "environment":
        variables = {f"A{number}": "ä" * 512 for number in range(draw(st.integers(57, 80)))}
        secret = {"arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-AbCdEf"}
        job["environment"] = variables
        job["secrets"] = {f"S{number}": secret for number in range(draw(st.integers(0, 20)))}
    elif what == "hyperparameters":
        job["hyperparameters"] = {f"p{number}": "x" * 2500 for number in range(draw(st.integers(95, 98)))}
    elif what == "attributes":
        text = "".join(draw(st.lists(st.sampled_from([*CONTEXT_ATTRIBUTES, "<aws.scheduler.time>", "x" * 150]))))
        job["environment"], job["hyperparameters"] = {"A": text[:512]}, {"a": [text], "b": text}
    else:
        job["checkpoint"] = {"s3_path": "x" * 799 + "/", "local_path": "/" + "x" * draw(st.integers(500, 520))}


def _fit(draw: st.DrawFn, job: Values) -> None:
    """Take out, or put in, what only goes with other fields."""
    _fit_image(draw, job)
    _fit_machines(draw, job)
    _fit_isolation(job)
    tracking = {"tracking_server": "ml", "artifact_store": "mlflow-artifacts/"}
    app = {"app": f"{_ARN}mlflow-app/app-ABCDEFGHIJKL", "artifact_store": "mlflow-artifacts/"}
    job["tracking"] = draw(st.sampled_from([tracking, app, {"tracking_uri": "https://mlflow.example.com"}, "none"]))
    if job["tracking"] == "none":
        job.pop("promotion", None)
    job["channels"] = {name: _fitting_channel(draw, each, job) for name, each in job["channels"].items()}
    if job.get("managed_spot_training"):
        job["checkpoint"] = {"s3_path": "checkpoints/"}
        job["stopping_condition"] = {"max_runtime_in_seconds": 60, "max_wait_time_in_seconds": 60}
    else:
        job.get("stopping_condition", {}).pop("max_wait_time_in_seconds", None)
    for place, name in enumerate(("checkpoint", "debugger", "tensorboard")):
        if name in job:
            job[name]["local_path"] = f"/opt/ml/state-{place}"
    if "profiler" in job:
        job["profiler"] = draw(st.sampled_from([{"disabled": True}, {"s3_path": "profiles/", "rules": {}}]))
    if "alarms" in job:
        topic = "arn:aws:sns:us-east-1:123456789012:oncall"
        job["alarms"] = draw(st.sampled_from([{"email": ["a@example.com"]}, {"topic_arn": topic}, {"enabled": False}]))
    job.pop("execution_role_arn", None)
    job.pop("permissions_boundary_arn", None)
    job.pop("data_kms_key_arns", None)
    job.pop("secrets", None) if "x" in job.get("secrets", {}) else None


def _fit_image(draw: st.DrawFn, job: Values) -> None:
    is_shipped = job.get("source", {}).get("directory", "training_code") == "training_code"
    if is_shipped:
        job["training_image"] = {"scikit_learn_version": "1.9-0"}
        return
    job["source"]["packages"] = "pip"
    if job["training_image"].get("repository_access_mode") == "Vpc":
        job.setdefault("network", {"subnets": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]})


def _fit_machines(draw: st.DrawFn, job: Values) -> None:
    size = job["resources"].get("volume_size_in_gb", 30)
    kind = draw(st.sampled_from(["one", "one", "groups", "preferences"]))
    if job.get("managed_spot_training") and kind == "preferences":
        kind = "one"
    types = ["ml.m5.large"]
    resources: Values = {"volume_size_in_gb": size}
    if kind == "one":
        resources |= {"instance_type": types[0], "instance_count": draw(st.integers(1, 3))}
        if not job.get("managed_spot_training"):
            resources["keep_alive_in_seconds"] = draw(st.sampled_from([0, 600, 21600]))
    elif kind == "groups":
        resources["instance_groups"] = [{"name": "readers", "instance_type": types[0], "instance_count": 2}]
    else:
        resources["instance_preferences"] = [{"instance_type": each} for each in ("ml.m5.large", "ml.c5.xlarge")]
    if job["training_image"].get("framework"):
        resources.update({"instance_type": "ml.g5.xlarge"} if kind == "one" else {})
    job["resources"] = resources
    job.pop("accelerator", None)


def _fit_isolation(job: Values) -> None:
    if job.get("source", {}).get("directory", "training_code") == "training_code":
        job.pop("network_isolation", None)
    if job.get("network_isolation"):
        for name in ("secrets", "remote_debug"):
            job.pop(name, None)


def _fitting_channel(draw: st.DrawFn, channel: Values, job: Mapping[str, Any]) -> Values:
    kept = {name: channel[name] for name in ("content_type", "s3_data_distribution_type") if name in channel}
    if "file_system" in channel and "network" in job:
        kept.pop("s3_data_distribution_type", None)
        return kept | {"file_system": channel["file_system"]}
    is_shipped = job.get("source", {}).get("directory", "training_code") == "training_code"
    if channel.get("input_mode") == "Pipe" and not is_shipped:
        streamed = {"input_mode": "Pipe", "compression_type": "Gzip", "shuffle_seed": -1}
        return kept | {"s3_path": "in/a/"} | streamed
    path = draw(SAID_BY_CODE["Channel", "s3_path"])
    return kept | {"s3_path": "in/a/" if job.get("network_isolation") else path}
