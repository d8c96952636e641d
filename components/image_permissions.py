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
from .watching_rules import watching_rules

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def image_permissions(spec: TrainingJobSpec, names: JobNames) -> list[Statement]:
    """The statements for one job's image and those of rules that watch it; one outside ECR needs at most a function."""
    images = [training_image_uri(spec, names), *(rule.image for rule in watching_rules(spec))]
    arns = list(dict.fromkeys(filter(None, (_repository_arn(image, names.scope.partition) for image in images))))
    function = spec.training_image.repository_credentials_provider_arn
    statements = [allow("AskForRegistryCredentials", ["lambda:InvokeFunction"], function)] if function else []
    if arns:
        statements.append(allow("PullTrainingImage", _PULL, arns if len(arns) > 1 else arns[0]))
        statements.append(allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*"))
    return statements


def _repository_arn(image: str, partition: str) -> str | None:
    repository = ecr_repository(image)
    if repository is None:
        return None
    return AwsScope(partition, repository.region, repository.account).arn("ecr", f"repository/{repository.name}")
