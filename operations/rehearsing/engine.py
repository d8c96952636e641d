"""What can start a training image on this machine."""

from enum import StrEnum


class Engine(StrEnum):
    """Docker, or Podman, which needs no daemon."""

    DOCKER = "docker"
    PODMAN = "podman"
