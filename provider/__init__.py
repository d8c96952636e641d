"""The component for programs in every language: a Pulumi component provider, with a schema of the settings' models."""
