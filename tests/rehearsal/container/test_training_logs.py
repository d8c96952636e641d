from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws
from moto.backends import get_backend
from mypy_boto3_logs import CloudWatchLogsClient

from rehearsal.container.training_logs import LogStream, Metric, MetricPicker, latest_metrics
from rehearsal.errors import ContainerError

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def client() -> Iterator[CloudWatchLogsClient]:
    with mock_aws():
        yield boto3.client("logs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def logs(client: CloudWatchLogsClient) -> CloudWatchLogsClient:
    get_backend("logs").reset()
    return client


def messages(logs: CloudWatchLogsClient, stream: LogStream) -> list[str]:
    events = logs.get_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=stream.name)["events"]
    return [event["message"] for event in events]


def test_a_stream_has_sagemaker_s_name(logs: CloudWatchLogsClient) -> None:
    stream = LogStream(logs, "job", now=NOW.timestamp)

    assert stream.name == f"job/algo-1-{int(NOW.timestamp())}"


def test_lines_arrive_in_order_and_once_they_are_flushed(logs: CloudWatchLogsClient) -> None:
    stream = LogStream(logs, "job", now=NOW.timestamp)
    for line in ["one", "", "three"]:
        assert stream.write(line) == NOW
    before = messages(logs, stream)
    stream.flush()
    stream.flush()

    assert before == []
    assert messages(logs, stream) == ["one", " ", "three"]


def test_a_full_or_due_batch_is_sent_at_once(logs: CloudWatchLogsClient) -> None:
    moment = [NOW.timestamp()]
    stream = LogStream(logs, "job", now=lambda: moment[0])
    for number in range(200):
        stream.write(str(number))
    assert len(messages(logs, stream)) == 200

    stream.write("waits")
    moment[0] += 1
    stream.write("is due")

    assert messages(logs, stream)[200:] == ["waits", "is due"]


def test_a_line_that_is_too_long_is_cut_and_a_batch_that_is_too_big_is_split(logs: CloudWatchLogsClient) -> None:
    stream = LogStream(logs, "job", now=NOW.timestamp)
    for _ in range(6):
        stream.write("ö" * 200_000)
    stream.flush()

    assert [len(message.encode()) for message in messages(logs, stream)] == 6 * [256 * 1024 - 26]


def test_a_second_job_shares_the_log_group(logs: CloudWatchLogsClient) -> None:
    LogStream(logs, "first", now=NOW.timestamp)
    LogStream(logs, "second", now=NOW.timestamp)

    groups = logs.describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/aws/sagemaker/TrainingJobs"]


def picker(**definitions: str) -> MetricPicker:
    listed = [{"Name": name, "Regex": regex} for name, regex in definitions.items()]
    return MetricPicker.of_request({"AlgorithmSpecification": {"MetricDefinitions": listed}})


def test_the_last_value_of_each_metric_is_kept() -> None:
    metrics = picker(accuracy=r"accuracy=([0-9.]+)", loss=r"loss=([0-9.e-]+)")
    for line in ["accuracy=0.5 loss=1e-2", "nothing", "validation: accuracy=0.75"]:
        metrics.look_at(line, NOW)

    assert latest_metrics(metrics.latest.values()) == (Metric("accuracy", 0.75, NOW), Metric("loss", 0.01, NOW))


@pytest.mark.parametrize(("regex", "line"), [("m=(.*)", "m=much"), ("m=[0-9]+", "m=1"), ("m=(1)?", "m=")])
def test_what_is_no_number_is_no_metric(regex: str, line: str) -> None:
    metrics = picker(m=regex)
    metrics.look_at(line, NOW)

    assert metrics.latest == {}


def test_a_request_without_metric_definitions_has_no_metrics() -> None:
    assert MetricPicker.of_request({"AlgorithmSpecification": {}}) == MetricPicker({})


def test_a_metric_definition_that_is_no_regular_expression_is_an_error_that_names_it() -> None:
    with pytest.raises(ContainerError) as raised:
        picker(accuracy="accuracy=(")

    assert str(raised.value) == (
        "the metric definition 'accuracy' is no regular expression: 'accuracy=(': "
        "missing ), unterminated subpattern at position 9"
    )
