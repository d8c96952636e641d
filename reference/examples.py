"""Examples of the page: what a job says beyond the sample, by what it is for. Each is tried in the tests."""

from typing import Final

EXAMPLES: Final = {
    "On spare machines, with checkpoints": """\
managed_spot_training: true
stopping_condition:
  max_runtime_in_seconds: 3600
  max_wait_time_in_seconds: 7200
checkpoint:
  s3_path: checkpoints/
""",
    "On several machines": """\
resources:
  instance_type: ml.m5.xlarge
  instance_count: 3
""",
    "In a VPC, encrypted with keys of your own": """\
resources:
  volume_kms_key_arn: arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d
output:
  kms_key_arn: arn:aws:kms:us-east-1:123456789012:key/2a3b4c5d-6e7f-4801-9a2b-3c4d5e6f7081
network:
  subnets: [subnet-0a1b2c3d4e5f60718, subnet-0f1e2d3c4b5a69780]
  security_group_ids: [sg-0123456789abcdef0]
encrypt_inter_container_traffic: true
""",
    "A regression, with words and dates among the columns": """\
hyperparameters:
  task: regression
  target_column: price
  date_columns: auto
  missing_values: median
  max_depth: 12
""",
    "Another estimator of scikit-learn": """\
hyperparameters:
  estimator: sklearn.ensemble.HistGradientBoostingClassifier
  max_iter: 300
  learning_rate: 0.05
""",
    "Code of your own": """\
source:
  directory: churn_training
  entry_point: fit.py
hyperparameters:
  rounds: 200
  rates: [0.1, 0.05]
metric_definitions:
  validation:auc: "auc=([0-9.]+)"
""",
    "One manifest, and one object": """\
channels:
  training:
    s3_data_type: ManifestFile
    s3_object: manifests/latest.json
    s3_path: datasets/
  validation:
    s3_object: datasets/holdout.csv
""",
    "A gate before the champion": """\
promotion:
  minimum_metrics:
    validation:accuracy: 0.9
  maximum_metrics:
    validation:log_loss: 0.4
  margin: 0.005
""",
    "Told when it fails, is missing or grows worse": """\
alarms:
  email: [ml-oncall@example.com]
  grace_in_minutes: 120
  minimum_metrics:
    validation:accuracy: 0.9
""",
    "An MLflow server of your own, with a password": """\
tracking:
  tracking_server: null
  tracking_uri: https://mlflow.example.com
  secret_arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:mlflow-a1B2c3
""",
    "A small training every night, the whole of it once a week": """\
further_schedules:
  weekly:
    schedule:
      expression: cron(0 4 ? * SUN *)
    resources:
      instance_type: ml.m5.4xlarge
    hyperparameters:
      n_estimators: 1000
""",
}
"""What an example is for -> settings of a job, which are laid over those of the sample."""

SAMPLE: Final = """\
config:
  aws:region: us-east-1
  scheduled-training:bucket: ml-platform-staging-ml-bucket
  scheduled-training:training_jobs:
    breast-cancer:
      schedule:
        expression: cron(0 3 * * ? *)
        enabled: true
      training_image:
        scikit_learn_version: 1.9-0
      resources:
        instance_type: ml.m5.large
      channels:
        training:
          s3_path: datasets/training/
      output:
        s3_path: training-outputs/
      hyperparameters:
        max_depth: 5
        n_estimators: 100
      tracking:
        tracking_server: ml-platform-staging
        artifact_store: mlflow-artifacts/
        experiment_name: breast-cancer-staging
        registered_model_name: breast-cancer-staging
"""
"""A whole stack file with what is required, and little more; README shows it, too."""
