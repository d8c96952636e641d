"""Which container image a job runs in, and how it is started."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from .ecr_images import ecr_fault, ecr_repository
from .fitting import FittingModel, judged
from .program_texts import WHOLE
from .training_images import Framework, FrameworkImage, ScikitLearnVersion, framework_image, versions_of

_Words = Annotated[
    tuple[Annotated[str, Field(max_length=256, pattern=r"^[^\n\r\u0085\u2028\u2029]*$"), WHOLE], ...],
    Field(max_length=100, strict=False),
]
"""Source of the limits: SageMaker API, AlgorithmSpecification, ContainerEntrypoint and ContainerArguments."""

_FUNCTION_ARN: Final = r"^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?$"
"""Source: AWS Lambda API, FunctionArn. `$LATEST` is what the function's name alone means."""

_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*(:(?P<port>\d{{1,5}}))?")
_PORT_MAX: Final = 65535
_REPOSITORY: Final = re.compile(r"/[a-z0-9]+([._/-]+[a-z0-9]+)*[:@].*")
"""What follows the host: a name in lower case. Source: the distribution project's `reference` package, its grammar."""


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and int(found["port"] or 0) <= _PORT_MAX


class TrainingImage(FittingModel):
    """The container image: one that AWS publishes, by framework and version, or your own by URI."""

    framework: Framework | None = None
    """A framework whose training images AWS publishes; with `version`. Of `huggingface` the one with PyTorch."""
    version: Annotated[str, Field(max_length=32)] | None = None
    """The framework's version as AWS names its image, such as 2.6.0, or 2.6 for the newest of these; in quotes. The
    image for CPUs or GPUs is chosen by the instance type."""
    scikit_learn_version: ScikitLearnVersion | None = None
    """AWS's scikit-learn image; the training code that comes along runs on 1.9-0, code of your own on all of them."""
    uri: (
        Annotated[
            str,
            Field(
                max_length=255,
                pattern=r"^[^\s/]+(/[^\s:@]+)+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$",
            ),
        ]
        | None
    ) = None
    """Your own image, with its tag or digest: an image that moves by itself cannot be reproduced. In Amazon ECR, of any
    account, in the stack's region; or in another registry, with `repository_access_mode`. For the training code that
    comes along it holds Python 3.12 (with `source.packages: pip` 3.11 or later), scikit-learn 1.9, pandas 2.2, pyarrow
    25 and SageMaker's training toolkit."""
    entrypoint: _Words = ()
    """What the container runs instead of `train`, a word each. Then no toolkit starts `source.entry_point`."""
    arguments: _Words = ()
    """What the container's program is given, a word each. Never a secret: whoever may read the schedule reads them."""
    repository_access_mode: Literal["Platform", "Vpc"] | None = None
    """Vpc: the image is in a private Docker registry that the VPC in `network` reaches. Absent or Platform: in ECR."""
    repository_credentials_provider_arn: Annotated[str, Field(max_length=2048, pattern=_FUNCTION_ARN)] | None = None
    """A Lambda function that tells SageMaker the credentials of that registry, where it asks for some."""

    @field_validator("version")
    @classmethod
    def _version_is_known(cls, version: str | None, info: ValidationInfo) -> str | None:
        framework = info.data.get("framework")
        if version is not None and framework and framework_image(framework, version) is None:
            allowed = ", ".join(reversed(versions_of(framework)))
            raise ValueError(f"allowed with framework {framework}: {allowed}; or set uri instead of both")
        return version

    @field_validator("uri")
    @classmethod
    def _uri_is_one_of_ecr(cls, uri: str | None) -> str | None:
        if uri and (fault := ecr_fault(uri)):
            raise ValueError(fault)
        return uri

    def misfits(self) -> Iterator[str]:
        """Not one way to name an image, or one that cannot be gone."""
        yield from judged(self._way_problems, self._registry_problems)

    def _way_problems(self) -> Iterator[str]:
        ways = {
            "framework": self.framework or self.version,
            "scikit_learn_version": self.scikit_learn_version,
            "uri": self.uri,
        }
        said = [name for name, way in ways.items() if way is not None]
        if len(said) != 1:
            yield (
                f"got {' and '.join(said) or 'none of them'}; allowed: one of framework (with version), "
                "scikit_learn_version (such as 1.9-0) and uri, and no two"
            )
        elif (self.framework is None) != (self.version is None):
            missing = "version" if self.version is None else "framework"
            yield f"allowed: framework and version together; set {missing} as well"

    def _registry_problems(self) -> Iterator[str]:
        is_elsewhere = self.uri is not None and ecr_repository(self.uri) is None
        if self.uri and not _is_host(self.uri.partition("/")[0]):  # which may hold a password: it is not shown
            yield (
                "uri begins with no host name; allowed: a registry's host name, with its port if it has one, and no "
                "credentials, such as registry.example.com:5000/team/training:1.0"
            )
        elif self.is_private and self.uri and not _REPOSITORY.fullmatch(self.uri, self.uri.index("/")):
            yield (
                f"uri: got {self.uri!r}; allowed: behind the host the repository in lower-case letters, digits, '.', "
                "'_', '-' and '/', as registries take it, such as registry.example.com:5000/team/training:1.0"
            )
        elif is_elsewhere and not self.is_private:
            yield (
                "uri is of no registry of Amazon ECR; allowed: one of ECR, or with repository_access_mode: Vpc one of "
                "a private Docker registry, because SageMaker takes no other; push the image to ECR, or set the mode"
            )
        if self.is_private and not is_elsewhere:
            yield (
                "repository_access_mode: got 'Vpc'; allowed with an image in Amazon ECR: Platform, because SageMaker "
                "reaches that itself; remove it"
            )
        if self.repository_credentials_provider_arn and not self.is_private:
            yield (
                "repository_credentials_provider_arn: allowed only with repository_access_mode: Vpc; remove it, "
                "because the execution role's permissions are what ECR asks for"
            )

    @property
    def is_private(self) -> bool:
        """Whether it is in a registry that only the VPC reaches."""
        return self.repository_access_mode == "Vpc"

    @property
    def published(self) -> FrameworkImage | None:
        """The image of AWS's that it names; None for one by its URI."""
        if self.scikit_learn_version is not None:
            return framework_image("scikit-learn", self.scikit_learn_version)
        return framework_image(self.framework, self.version) if self.framework and self.version else None

    @property
    def version_setting(self) -> str:
        """The setting that names the version of an image of AWS's."""
        return "scikit_learn_version" if self.scikit_learn_version is not None else "version"
