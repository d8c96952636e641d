"""A program of its own: one training job, with a script of its own."""

import pulumi
from scheduled_training import ScheduledTrainingJob, ScheduledTrainingJobArgs

job = ScheduledTrainingJob(
    "churn",
    ScheduledTrainingJobArgs(
        bucket="customer-analytics",
        schedule={"expression": "cron(0 5 ? * MON *)", "time_zone": "Europe/Berlin"},
        training_image={"scikit_learn_version": "1.9-0"},
        resources={"instance_type": "ml.m5.large"},
        channels={"training": {"s3_path": "churn/training/"}},
        output={"s3_path": "churn/models/"},
        source={"directory": "churn_training", "entry_point": "fit.py"},
        hyperparameters={"trees": 200},
        tracking={
            "tracking_uri": "https://mlflow.example.com",
            "experiment_name": "churn",
            "registered_model_name": "churn",
        },
        tags={"team": "customer-analytics"},
    ),
)
pulumi.export("schedule", job.schedule_name)
pulumi.export("models", job.s3_output_path)
