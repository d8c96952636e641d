"""What is read of AWS's Price List, and what happens where it does not answer."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from operations.costs.price_list import ListedPrices, listed_price
from operations.costs.price_table import Price

WANTED = {
    "ServiceCode": "AmazonSageMaker",
    "Filters": [
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-east-1"},
        {"Type": "TERM_MATCH", "Field": "instanceName", "Value": "ml.m5.large"},
    ],
}


def product(usd: str = "0.1150000000", *, unit: str = "Hrs", **attributes: str) -> str:
    """A product as GetProducts answers with it: a text of JSON."""
    told = {
        "instanceName": "ml.m5.large",
        "component": "Training",
        "usagetype": "USE1-Train:ml.m5.large",
        "regionCode": "us-east-1",
    }
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": {**told, **attributes}, "sku": "S"},
            "terms": {"OnDemand": {"S.T": {"priceDimensions": {"S.T.D": dimension}}}},
            "publicationDate": "2026-11-20T00:03:13Z",
        }
    )


HOSTING = product("9", component="Hosting", usagetype="USE1-Host:ml.m5.large")
SPOT = product("8", component="SpotTraining", usagetype="USE1-TrSpt:ml.m5.large")


def prices() -> tuple[ListedPrices, Stubber]:
    client = boto3.client("pricing", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    stub = Stubber(client)
    stub.activate()
    return ListedPrices("us-east-1", client), stub


def test_the_price_of_training_is_taken_and_of_nothing_else() -> None:
    found = listed_price([HOSTING, SPOT, product(), product("0")], "ml.m5.large")

    assert found == Price(0.115, "2026-11-20", "AWS Price List")


@pytest.mark.parametrize(
    "other",
    [
        product(usagetype="USE1-Train:ml.m5.xlarge"),
        product(unit="GB-Mo"),
        product(usagetype="USE1-Host:ml.m5.large"),
        HOSTING,
        SPOT,
        json.dumps({"product": {"attributes": {}}, "terms": {}}),
    ],
)
def test_what_is_of_something_else_is_no_price(other: str) -> None:
    assert listed_price([other], "ml.m5.large") is None


def test_a_product_without_a_component_is_known_by_its_usage_type() -> None:
    told = json.loads(product())
    del told["product"]["attributes"]["component"]
    told["product"]["attributes"]["usagetype"] = "Train:ml.m5.large"

    assert listed_price([json.dumps(told)], "ml.m5.large") == Price(0.115, "2026-11-20", "AWS Price List")


def test_of_two_prices_none_is_chosen() -> None:
    assert listed_price([product(), product("0.2")], "ml.m5.large") is None


def test_aws_is_asked_once_for_a_machine_page_after_page() -> None:
    listed, stub = prices()
    stub.add_response("get_products", {"PriceList": [HOSTING], "NextToken": "more"}, WANTED)
    stub.add_response("get_products", {"PriceList": [product()]}, WANTED | {"NextToken": "more"})

    assert [listed.hourly("ml.m5.large") for _ in range(2)] == [Price(0.115, "2026-11-20", "AWS Price List")] * 2
    stub.assert_no_pending_responses()
    assert listed.notes == []


def test_without_the_permission_the_table_counts_and_that_is_said_once() -> None:
    listed, stub = prices()
    stub.add_client_error("get_products", "AccessDeniedException", "no")

    found = [listed.hourly("ml.m5.large"), listed.hourly("ml.m5.xlarge")]

    assert [price.source for price in found if price] == ["table of 2026-08-11", "table of 2026-09-25"]
    assert listed.notes == [
        "AWS's Price List cannot be asked (AccessDeniedException): prices are of the table; to ask it takes "
        "pricing:GetProducts"
    ]


@pytest.mark.parametrize("answer", [[], [product(), product("0.2")]])
def test_where_aws_has_no_one_price_the_table_counts_and_that_is_said(answer: list[Any]) -> None:
    listed, stub = prices()
    stub.add_response("get_products", {"PriceList": answer}, WANTED)

    assert listed.hourly("ml.m5.large") == Price(0.115, "2026-08-11", "table of 2026-08-11")
    assert listed.notes == ["AWS's Price List has no one price for training on ml.m5.large in us-east-1"]
