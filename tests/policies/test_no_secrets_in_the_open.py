"""SG24: No secrets in environment or hyperparameters."""

from __future__ import annotations

from rules.no_secrets_in_the_open import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "a password of a debugger's rule": (
        [
            (
                "schedule.target.input.DebugRuleConfigurations",
                [{"RuleConfigurationName": "x", "RuleParameters": {"db_password": "hunter22"}}],
            )
        ],
        "schedule| target.input.DebugRuleConfigurations[0].RuleParameters.db_password: its name says "
        "that it is a secret, and everybody can read it here. Cure: keep it in Secrets Manager, hand "
        "over its ARN, and take this value out of use: it has been in plain text.",
    ),
    "an access key id in a tag": (
        [("schedule.target.input.Tags.+", {"Key": "owner", "Value": "AKIAIOSFODNN7EXAMPLE"})],
        "schedule| target.input.Tags[1].Value: looks like an AWS access key id, and everybody can read "
        "it here. Cure: keep it in Secrets Manager, hand over its ARN, and take this value out of use: "
        "it has been in plain text.",
    ),
    "a password among the container's arguments": (
        [
            (
                "schedule.target.input.AlgorithmSpecification.ContainerArguments",
                ["--url", "postgres://me:hunter22@db/ml"],
            )
        ],
        "schedule| target.input.AlgorithmSpecification.ContainerArguments[1]: looks like a password "
        "inside a URL, and everybody can read it here. Cure: keep it in Secrets Manager, hand over its "
        "ARN, and take this value out of use: it has been in plain text.",
    ),
    "an HTTP header": (
        [("schedule.target.input.Environment.HEADER", "Bearer abcdefghijklmnop")],
        "schedule| target.input.Environment.HEADER: looks like an access token, and everybody can read "
        "it here. Cure: keep it in Secrets Manager, hand over its ARN, and take this value out of use: "
        "it has been in plain text.",
    ),
    "a token for Databricks": (
        [("schedule.target.input.Environment.X1", "dapi0123456789abcdef0123456789abcdef")],
        "schedule| target.input.Environment.X1: looks like an access token, and everybody can read it "
        "here. Cure: keep it in Secrets Manager, hand over its ARN, and take this value out of use: it "
        "has been in plain text.",
    ),
    "a signed URL": (
        [("schedule.target.input.Environment.DATA", "https://storage.googleapis.com/b/o?X-Goog-Signature=abc")],
        "schedule| target.input.Environment.DATA: looks like a signed URL, and everybody can read it "
        "here. Cure: keep it in Secrets Manager, hand over its ARN, and take this value out of use: it "
        "has been in plain text.",
    ),
    "a password in a URL without a user": (
        [("schedule.target.input.Environment.REDIS", "redis://:hunter22@h:6379/0")],
        "schedule| target.input.Environment.REDIS: looks like a password inside a URL, and everybody "
        "can read it here. Cure: keep it in Secrets Manager, hand over its ARN, and take this value out "
        "of use: it has been in plain text.",
    ),
    "a password in a connection string": (
        [("schedule.target.input.Environment.DSN", "Server=x;Uid=y;Pwd=hunter22;")],
        "schedule| target.input.Environment.DSN: looks like a password in a text, and everybody can "
        "read it here. Cure: keep it in Secrets Manager, hand over its ARN, and take this value out of "
        "use: it has been in plain text.",
    ),
    "a password inside JSON": (
        [("schedule.target.input.Environment.CONFIG", '{"db": {"password": "hunter22"}}')],
        "schedule| target.input.Environment.CONFIG: looks like a password in a text, and everybody can "
        "read it here. Cure: keep it in Secrets Manager, hand over its ARN, and take this value out of "
        "use: it has been in plain text.",
    ),
    "a database's pass": (
        [("schedule.target.input.Environment.DB_PASS", "hunter22")],
        "schedule| target.input.Environment.DB_PASS: its name says that it is a secret, and everybody "
        "can read it here. Cure: keep it in Secrets Manager, hand over its ARN, and take this value out "
        "of use: it has been in plain text.",
    ),
    "a number for a password": (
        [("schedule.target.input.Environment.DB_PASSWORD", 123456)],
        "schedule| target.input.Environment.DB_PASSWORD: its name says that it is a secret, and "
        "everybody can read it here. Cure: keep it in Secrets Manager, hand over its ARN, and take this "
        "value out of use: it has been in plain text.",
    ),
    "a password without a separator": (
        [("schedule.target.input.Environment.PGPASSWORD", "hunter22")],
        "schedule| target.input.Environment.PGPASSWORD: its name says that it is a secret, and "
        "everybody can read it here. Cure: keep it in Secrets Manager, hand over its ARN, and take this "
        "value out of use: it has been in plain text.",
    ),
    "a password": (
        [("schedule.target.input.Environment.DB_PASSWORD", "hunter22")],
        "schedule| target.input.Environment.DB_PASSWORD: its name says that it is a "
        "secret, and everybody can read it here. Cure: keep it in Secrets Manager, hand "
        "over its ARN, and take this value out of use: it has been in plain text.",
    ),
    "a token in camel case": (
        [("schedule.target.input.HyperParameters.authToken", "abc")],
        "schedule| target.input.HyperParameters.authToken: its name says that it is a "
        "secret, and everybody can read it here. Cure: keep it in Secrets Manager, hand "
        "over its ARN, and take this value out of use: it has been in plain text.",
    ),
    "an API key": (
        [("schedule.target.input.HyperParameters.api-key", "abc")],
        "schedule| target.input.HyperParameters.api-key: its name says that it is a "
        "secret, and everybody can read it here. Cure: keep it in Secrets Manager, hand "
        "over its ARN, and take this value out of use: it has been in plain text.",
    ),
    "an access key id under a harmless name": (
        [("schedule.target.input.Environment.USER", "AKIAIOSFODNN7EXAMPLE")],
        "schedule| target.input.Environment.USER: looks like an AWS access key id, and "
        "everybody can read it here. Cure: keep it in Secrets Manager, hand over its "
        "ARN, and take this value out of use: it has been in plain text.",
    ),
    "a private key": (
        [("schedule.target.input.Environment.CERT", "-----BEGIN RSA PRIVATE KEY-----\nMII")],
        "schedule| target.input.Environment.CERT: looks like a private key, and "
        "everybody can read it here. Cure: keep it in Secrets Manager, hand over its "
        "ARN, and take this value out of use: it has been in plain text.",
    ),
    "a password in a URL": (
        [("schedule.target.input.Environment.WAREHOUSE", "postgres://me:hunter22@db/ml")],
        "schedule| target.input.Environment.WAREHOUSE: looks like a password inside a "
        "URL, and everybody can read it here. Cure: keep it in Secrets Manager, hand "
        "over its ARN, and take this value out of use: it has been in plain text.",
    ),
    "a web token": (
        [("schedule.target.input.HyperParameters.x", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc")],
        "schedule| target.input.HyperParameters.x: looks like a JSON web token, and "
        "everybody can read it here. Cure: keep it in Secrets Manager, hand over its "
        "ARN, and take this value out of use: it has been in plain text.",
    ),
    "an access token": (
        [("schedule.target.input.Environment.X", "ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")],
        "schedule| target.input.Environment.X: looks like an access token, and everybody "
        "can read it here. Cure: keep it in Secrets Manager, hand over its ARN, and take "
        "this value out of use: it has been in plain text.",
    ),
    "a secret in a name with spaces": (
        [("schedule.target.input.HyperParameters.my secret: one", "abc")],
        'schedule| target.input.HyperParameters["my\\u0020secret:\\u0020one"]: its '
        "name says that it is a secret, and everybody can read it here. Cure: keep it in "
        "Secrets Manager, hand over its ARN, and take this value out of use: it has been "
        "in plain text.",
    ),
}

ACCEPTED = {
    "texts that only look alike": [
        ("schedule.target.input.Environment.X", "https://example.com:8080/a@b"),
        ("schedule.target.input.Environment.Y", "user=me, mail a@b.c"),
        ("schedule.target.input.Environment.Z", "https://x/y?design=5"),
    ],
    "names of where a secret is, and of tokens of text": [
        (
            "schedule.target.input.HyperParameters.secret_arn",
            '"arn:aws:secretsmanager:us-east-1:123456789012:secret:db-a1b2c3"',
        ),
        ("schedule.target.input.HyperParameters.SECRET_NAME", "prod/db"),
        ("schedule.target.input.HyperParameters.pad_token", "[PAD]"),
        ("schedule.target.input.HyperParameters.token_pattern", "\\w+"),
        ("schedule.target.input.HyperParameters.max_token_length", "128"),
        ("schedule.target.input.HyperParameters.password_column", "pw"),
    ],
    "the ARN of a secret": [
        (
            "schedule.target.input.Environment.DB_PASSWORD",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-a1b2c3",
        )
    ],
    "names that only look alike": [
        ("schedule.target.input.HyperParameters.max_tokens", "512"),
        ("schedule.target.input.HyperParameters.tokenizer", "bert"),
        ("schedule.target.input.HyperParameters.key_column", "id"),
        ("schedule.target.input.HyperParameters.monkey", "1"),
    ],
    "an empty value": [("schedule.target.input.Environment.DB_PASSWORD", "")],
}

LEFT_ALONE = OTHER_TARGETS | UNKNOWN_JOBS


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
