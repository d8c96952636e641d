"""The state machine of the alarms, started for a test: one message that says what it is."""

import json

from components.alarm_machine import TEST_INPUT
from tests.components.test_alarm_machine import NAMES, ended, run

SUBJECT_MAX_LENGTH = 99
"""Source: SNS API, Publish: a subject has less than 100 characters."""


def test_a_test_sends_one_message_that_says_what_it_is_and_looks_at_nothing() -> None:
    done = run(json.loads(TEST_INPUT), ended())

    ((action, message),) = done.calls
    assert action == "sns:publish"
    assert message == {
        "TopicArn": NAMES.topic_arn,
        "Subject": "churn-prod: a test of the alarms, nothing has failed",
        "Message": "This is a test of the alarms of churn-prod. Nothing has failed, and nothing needs to be done.\n\n"
        "Somebody has asked for it with training-jobs verify --stack prod, to see whether you hear the alarms: "
        "tell them that you do.",
    }
    assert len(message["Subject"]) <= SUBJECT_MAX_LENGTH


def test_a_test_in_the_form_of_chat_says_the_same() -> None:
    (text,) = run(json.loads(TEST_INPUT), ended()).of("sns:publish")
    (message,) = run(json.loads(TEST_INPUT), ended(), for_chat=True).of("sns:publish")

    notification = json.loads(message["Message"])
    content = notification["content"]
    assert (notification["version"], notification["source"]) == ("1.0", "custom")
    assert (content["textType"], content["title"]) == ("client-markdown", text["Subject"])
    assert content["description"] == text["Message"]
