"""What MLflow is told: the run, the model version, and who of several may register it."""
