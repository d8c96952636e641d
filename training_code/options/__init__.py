"""What a job is told: its environment and hyperparameters, and everything that can be refused before there is data."""
