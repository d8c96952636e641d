import { ScheduledTrainingJob } from "@pulumi/scheduled-training";

const job = new ScheduledTrainingJob("readmission", {
    bucket: "hospital-data",
    schedule: { expression: "rate(7 days)", startDate: "2030-01-07T04:00:00Z" },
    trainingImage: { scikitLearnVersion: "1.9-0" },
    resources: { instanceType: "ml.m5.large" },
    channels: { training: { s3Path: "readmission/training/" } },
    output: { s3Path: "readmission/models/" },
    hyperparameters: { n_estimators: 300, target_column: "readmitted" },
    tracking: {
        trackingServer: "hospital",
        artifactStore: "mlflow-artifacts/",
        experimentName: "readmission",
        registeredModelName: "readmission",
    },
});

export const schedule = job.scheduleName;
export const targetInput = job.targetInput;
