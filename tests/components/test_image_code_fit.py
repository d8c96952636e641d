from datetime import date

import pytest

from components.algorithm_request import algorithm_specification
from components.aws_names import JobNames
from components.image_code_fit import image_code_problems, registry_problems
from components.image_fit import age_notes, image_problems, image_region_problems, start_notes
from components.job_code import job_code
from components.network_spec import NetworkSpec
from components.source_spec import Source
from components.training_image_spec import TrainingImage
from settings import TrainingJobSettings
from tests.components.test_job_code import SHIPPED as SHIPPED_FILES
from tests.components.test_package_archives import FILES

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1.0"
S3_PATH = "s3://ml-bucket/training-code/"
SHIPPED, OWN = Source(s3_path=S3_PATH), Source(s3_path=S3_PATH, directory="own_code")
ARCHIVE = Source(s3_path=S3_PATH, directory="own_code", packages="archive")
NETWORK = NetworkSpec(subnets=("subnet-0a",), security_group_ids=("sg-0a",))
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:registry-credentials"


def image(**values: object) -> TrainingImage:
    return TrainingImage.model_validate(values or {"scikit_learn_version": "1.9-0"})


def problems(of: TrainingImage, source: Source, network: NetworkSpec | None = None) -> list[str]:
    return [*image_code_problems(of, source), *registry_problems(of, network)]


PYTORCH = image(framework="pytorch", version="2.6")
PRIVATE = image(uri="registry.example.com/a:1", repository_access_mode="Vpc")


@pytest.mark.parametrize(
    ("of", "source"),
    [
        (image(), SHIPPED),
        (image(framework="scikit-learn", version="1.9-0"), SHIPPED),
        (image(uri=ECR), SHIPPED),
        (PYTORCH, OWN),
        (PYTORCH, ARCHIVE),  # Python 3.12
        (image(framework="xgboost", version="3.2-0"), ARCHIVE),
        (image(framework="scikit-learn", version="1.4-2-py312"), ARCHIVE),
        (image(uri=ECR), ARCHIVE),
        (image(uri=ECR, entrypoint=["python3", "/opt/a.py"], arguments=["1"]), OWN),
    ],
)
def test_these_go_together(of: TrainingImage, source: Source) -> None:
    assert problems(of, source) == []


def test_the_code_that_comes_along_trains_on_scikit_learn_1_9_alone() -> None:
    assert problems(PYTORCH, SHIPPED) == [
        "training_image.framework: got 'pytorch'; allowed with source.directory training_code: scikit-learn, because "
        "that code trains with scikit-learn; set source.directory to code of your own, or choose that image"
    ]
    assert problems(image(framework="scikit-learn", version="1.4-2"), SHIPPED) == [
        "training_image.version: got '1.4-2'; allowed with source.directory training_code: 1.9-0, because what that "
        "code installs needs Python 3.11"
    ]


@pytest.mark.parametrize("setting", ["entrypoint", "arguments"])
def test_what_the_toolkit_starts_has_no_start_of_its_own(setting: str) -> None:
    with_start = image(uri=ECR, **{setting: ["python3"]})

    assert problems(with_start, SHIPPED) == [
        f"training_image.{setting}: allowed with source.directory training_code: none, because the image's training "
        "toolkit starts that code, and only when SageMaker starts the image as it always does; remove it, or set "
        "source.directory to code of your own"
    ]
    assert problems(with_start, ARCHIVE) == [
        f"source.packages: got 'archive'; allowed with training_image.{setting}: pip, because what puts the packages "
        "in front is started by the training toolkit"
    ]


@pytest.mark.parametrize(
    ("framework", "version", "full", "why"),
    [
        ("pytorch", "2.5", "2.5.1", "the image has 3.11"),
        ("pytorch", "2.10", "2.10.0", "the image has 3.13"),
        ("xgboost", "1.7-1", "1.7-1", "AWS does not tell which one the image has"),
    ],
)
def test_an_archive_is_for_images_with_its_python_alone(framework: str, version: str, full: str, why: str) -> None:
    assert problems(image(framework=framework, version=version), ARCHIVE) == [
        f"source.packages: got 'archive'; allowed with training_image.framework {framework} and version {full}: pip, "
        f"because archives are for Python 3.12, and {why}"
    ]


def test_the_compiled_packages_of_the_scikit_learn_image_go_to_that_image_alone(staging: TrainingJobSettings) -> None:
    sources = {"own_code": FILES, "training_code": SHIPPED_FILES}

    def of_image(of: TrainingImage) -> str:
        (base,) = job_code(staging.model_copy(update={"training_image": of, "source": ARCHIVE}), sources).packages
        return base.of_image

    assert "numpy==" in of_image(image())
    assert of_image(PYTORCH) == ""


def test_a_private_registry_is_reached_by_a_vpc() -> None:
    assert problems(PRIVATE, OWN, NETWORK) == []
    assert problems(PRIVATE, OWN) == [
        "training_image.repository_access_mode: got 'Vpc'; allowed without network: Platform, because the registry is "
        "reached by way of the VPC; set network, or remove it"
    ]


@pytest.mark.parametrize(
    ("instance_type", "framework", "version", "says"),
    [
        ("ml.m5.large", "huggingface", "5.3", "framework huggingface: types with a GPU, such as ml.g5.xlarge"),
        ("ml.trn1.2xlarge", "pytorch", "2.6", "framework pytorch: types with a GPU, or without any accelerator"),
        ("ml.p6e-gb200.36xlarge", "pytorch", "2.6", "framework pytorch: types with an x86 processor"),
        ("ml.g5.xlarge", "scikit-learn", "1.9-0", "framework scikit-learn: types without GPU or other accelerator"),
    ],
)
def test_a_machine_that_the_image_is_not_for_is_refused(
    instance_type: str, framework: str, version: str, says: str
) -> None:
    (problem,) = image_problems({"instance_type": instance_type}, image(framework=framework, version=version))

    assert problem.startswith(f"resources.instance_type: got {instance_type!r}; allowed with training_image.{says}")


@pytest.mark.parametrize(
    ("of", "region", "setting"),
    [
        (image(), "mx-central-1", "training_image.scikit_learn_version"),
        (image(framework="huggingface", version="5.3"), "mx-central-1", "training_image.version"),
        (image(uri=ECR), "eu-west-1", "training_image.uri"),
    ],
)
def test_a_region_that_the_image_cannot_be_pulled_in_is_refused(of: TrainingImage, region: str, setting: str) -> None:
    assert [found for found, _ in image_region_problems(of, region)] == [setting]
    assert list(image_region_problems(of, "us-east-1")) == []


def test_a_uri_in_another_region_says_what_to_do() -> None:
    assert list(image_region_problems(image(uri=ECR), "eu-west-1")) == [
        (
            "training_image.uri",
            "got an image in us-east-1; allowed: one in the stack's region, eu-west-1, because SageMaker pulls from no "
            "other; replicate the repository there",
        )
    ]
    assert list(image_region_problems(PRIVATE, "eu-west-1")) == []


def test_an_image_that_aws_patches_no_more_is_noted() -> None:
    assert list(age_notes(PYTORCH, date(2026, 1, 30))) == [
        "training_image.version: got '2.6', whose image 2.6.0 AWS has patched until 2026-01-29: it still runs, and its "
        "known faults stay; choose a newer version"
    ]
    assert list(age_notes(PYTORCH, date(2026, 1, 29))) == []
    assert list(age_notes(image(uri=ECR), date(2030, 1, 1))) == []


def test_a_start_of_ones_own_is_noted() -> None:
    (entrypoint,) = start_notes(image(uri=ECR, entrypoint=["a"], arguments=["b"]), "own_code")
    (arguments,) = start_notes(image(uri=ECR, arguments=["b"]), "own_code")

    assert entrypoint.startswith("training_image.entrypoint: is set, so that no toolkit unpacks the code in own_code/")
    assert arguments.startswith("training_image.arguments: is set without entrypoint:")
    assert list(start_notes(image(), "training_code")) == []


def test_the_request_says_how_the_image_is_reached_and_started(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    of = image(
        uri="registry.example.com/a:1",
        repository_access_mode="Vpc",
        repository_credentials_provider_arn=FUNCTION,
        entrypoint=["python3", "/opt/a.py"],
        arguments=["--at", "<aws.scheduler.scheduled-time>"],
    )
    changes = {"training_image": of, "metrics_time_series": False, "metric_definitions": {}}

    assert algorithm_specification(staging.model_copy(update=changes), staging_names) == {
        "TrainingImage": "registry.example.com/a:1",
        "TrainingImageConfig": {
            "TrainingRepositoryAccessMode": "Vpc",
            "TrainingRepositoryAuthConfig": {"TrainingRepositoryCredentialsProviderArn": FUNCTION},
        },
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python3", "/opt/a.py"],
        "ContainerArguments": ["--at", "<aws.scheduler.scheduled-time>"],
        "MetricDefinitions": [],
        "EnableSageMakerMetricsTimeSeries": False,
    }
    assert algorithm_specification(staging, staging_names).keys() == {
        "TrainingImage",
        "TrainingInputMode",
        "MetricDefinitions",
    }
