"""Names are taken out of a text that others read, and the same name is the same word everywhere."""

from __future__ import annotations

from operations.verifying.anonymous import Anonymizer

ROLE = "arn:aws:iam::123456789012:role/churn-prod-execution"
TEXT = f"""{ROLE} may not s3:GetObject on arn:aws:s3:::ml-bucket/a.csv;
account 123456789012 (churn-prod-1) reads s3://ml-bucket/a.csv from ml-bucket, tells ops@example.com,
pulls 123456789012.dkr.ecr.us-east-1.amazonaws.com/churn-prod:1, tracks to https://mlflow.example.com:5000/x
and to http://127.0.0.1:5000/, at 2026-11-27T03:00:00Z, as {ROLE}: so."""


def test_the_same_name_becomes_the_same_word_and_nothing_of_it_stays() -> None:
    cleaned = Anonymizer({"123456789012": "account", "ml-bucket": "bucket", "churn-prod": "job"}).clean(TEXT)

    assert cleaned.splitlines() == [
        "<iam-role-1> may not s3:GetObject on <s3-1>;",
        "account <account-1> (<job-1>-1) reads <s3-uri-1> from <bucket-1>, tells <mail-1>,",
        "pulls <account-1>.dkr.ecr.us-east-1.amazonaws.com/<job-1>:1, tracks to <address-1>",
        "and to http://127.0.0.1:5000/, at 2026-11-27T03:00:00Z, as <iam-role-1>: so.",
    ]


def test_what_nobody_knows_is_taken_out_by_its_form() -> None:
    assert Anonymizer({}).clean("999999999999 and arn:aws:kms:eu-west-1:999999999999:key/1-2-3") == (
        "<account-1> and <kms-key-1>"
    )


def test_digits_of_other_things_stay() -> None:
    text = "job-0d1e5c2a-6a3f-4c11-9a55-123456789012 sha256:123456789012345"

    assert Anonymizer({}).clean(text) == text


def test_a_name_that_is_the_word_for_a_kind_does_not_spoil_what_was_replaced() -> None:
    assert Anonymizer({"account": "job", "s3": "job"}).clean(f"account {ROLE} s3") == "<job-1> <iam-role-1> <job-2>"


def test_a_longer_name_is_not_taken_for_a_shorter_one() -> None:
    cleaned = Anonymizer({"churn": "job", "churn-weekly": "job"}).clean("churn-weekly, churn, churned")

    assert cleaned == "<job-2>, <job-1>, churned"
