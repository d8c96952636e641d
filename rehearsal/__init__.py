"""Rehearse a stack on this machine: an embedded AWS, the real policy pack, the real training code."""
