"""What a machine costs an hour: as AWS's Price List says now, and where that does not, of the table.

GetProducts needs `pricing:GetProducts`, which is on every resource, and is asked in one of the few regions that have
it. Source of the attributes: AWS's own offer file AmazonSageMaker; an answer is read for what it says of itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from operations.costs.price_table import Price, TablePrices

PRICE_LIST_REGION: Final = {"aws": "us-east-1", "aws-cn": "cn-northwest-1"}
"""Where the Price List answers, by partition. Source: botocore's endpoints; other partitions have none."""
_SERVICE: Final = "AmazonSageMaker"
_COMPONENT: Final = "Training"
_USAGE: Final = "Train"
_PER_HOUR: Final = "Hrs"


@dataclass
class ListedPrices:
    """Prices of AWS's Price List in one region, each asked for once; `notes` say what it did not tell.

    `client` is boto3's for `pricing`. Volumes are not asked for: nothing in an answer tells which one a job rents.
    """

    region: str
    client: Any
    notes: list[str] = field(default_factory=list)
    _known: dict[str, Price | None] = field(default_factory=dict, repr=False)
    _refused: bool = False

    def hourly(self, instance_type: str) -> Price | None:
        """One machine for an hour."""
        if instance_type not in self._known:
            self._known[instance_type] = self._ask(instance_type)
        return self._known[instance_type]

    def storage(self) -> Price | None:
        """One gigabyte of a machine's volume for a month, of the table."""
        return self._table.storage()

    @property
    def _table(self) -> TablePrices:
        return TablePrices(self.region)

    def _ask(self, instance_type: str) -> Price | None:
        from botocore.exceptions import BotoCoreError, ClientError

        if self._refused:
            return self._table.hourly(instance_type)
        try:
            found = listed_price(self._products(instance_type), instance_type)
        except (ClientError, BotoCoreError) as error:
            self._refused = True
            self.notes.append(
                f"AWS's Price List cannot be asked ({_reason(error)}): prices are of the table; to ask it takes "
                "pricing:GetProducts"
            )
            return self._table.hourly(instance_type)
        if found is None:
            self.notes.append(f"AWS's Price List has no one price for training on {instance_type} in {self.region}")
        return found or self._table.hourly(instance_type)

    def _products(self, instance_type: str) -> Iterator[str]:
        wanted = {"regionCode": self.region, "instanceName": instance_type}
        filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]
        for page in self.client.get_paginator("get_products").paginate(ServiceCode=_SERVICE, Filters=filters):
            yield from page["PriceList"]


def listed_price(products: Iterable[str], instance_type: str) -> Price | None:
    """The price of an hour of training, in US dollars, of what GetProducts answers: texts of JSON.

    None where there is none, or where several differ: nobody can tell which is meant.
    """
    found = {price for text in products for price in _of_product(json.loads(text), instance_type)}
    return next(iter(found)) if len({price.usd for price in found}) == 1 else None


def _of_product(product: Mapping[str, Any], instance_type: str) -> Iterator[Price]:
    attributes = product.get("product", {}).get("attributes", {})
    if not _is_training(attributes, instance_type):
        return
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term.get("priceDimensions", {}).values():
            usd = float(dimension.get("pricePerUnit", {}).get("USD") or 0)
            if dimension.get("unit") == _PER_HOUR and usd > 0:
                yield Price(usd, str(product.get("publicationDate", ""))[:10], "AWS Price List")


def _is_training(attributes: Mapping[str, str], instance_type: str) -> bool:
    """Of this machine, for training: not for spot, endpoints or notebooks, whose prices are others.

    Some products say so in `component`; all do at the end of `usagetype`: `USE1-Train:ml.m5.large`.
    """
    place, _, machine = attributes.get("usagetype", "").partition(":")
    is_component = attributes.get("component", _COMPONENT) == _COMPONENT
    return is_component and place.rpartition("-")[2] == _USAGE and machine == instance_type


def _reason(error: Exception) -> str:
    told = getattr(error, "response", {}).get("Error", {}).get("Code")
    return str(told or error)
