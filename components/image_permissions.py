"""What the execution role may do for the job's image: pull it from its one repository, or ask for its registry's key.

Sources: SageMaker Developer Guide, "CreateTrainingJob API: execution role permissions" and "Use a Docker registry that
requires authentication for training": the job's role calls the function that tells the registry's credentials.
"""

from .aws_names import AwsScope, JobNames
from .ecr_images import ecr_repository
from .iam_policies import allow
from .request_places import training_image_uri
from .statement_union import Statement
from .training_job_spec import TrainingJobSpec

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def image_permissions(spec: TrainingJobSpec, names: JobNames) -> list[Statement]:
    """The statements for one job's image; one outside ECR, without credentials, needs none."""
    repository = ecr_repository(training_image_uri(spec, names))
    if repository is None:
        function = spec.training_image.repository_credentials_provider_arn
        return [allow("AskForRegistryCredentials", ["lambda:InvokeFunction"], function)] if function else []
    place = AwsScope(names.scope.partition, repository.region, repository.account)
    return [
        allow("PullTrainingImage", _PULL, place.arn("ecr", f"repository/{repository.name}")),
        allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*"),
    ]
