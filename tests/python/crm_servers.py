"""A Salesforce and a HubSpot on loopback that refuse what the real ones do.

Each is set up with the files that `product-signals crm-fields` writes, and
follows the rules that the vendors document: lengths, ranges, choices, formats
and duplicates.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree import ElementTree

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Fields = dict[str, str]
_XML = "{http://soap.sforce.com/2006/04/metadata}"
_DAY = r"\d{4}-\d\d-\d\d"
_MOMENT = _DAY + r"T\d\d:\d\d:\d\d(\.\d+)?Z"


def _answer(content: Any, status: int = 200) -> Response:
    return Response(
        json.dumps(content), status, content_type="application/json"
    )


class SalesforceServer:
    """Bulk API 2.0 for one object.

    Args:
        server: The server it answers on.
        files: The files from crm_files().
        name: The object.
        ids: The existing records.
    """

    def __init__(
        self, server: HTTPServer, files: Fields, name: str, ids: list[str]
    ) -> None:
        self.name = name
        self.records: dict[str, Fields] = {key: {} for key in ids}
        self.fields = {
            root.findtext(f"{_XML}fullName"): root
            for path, text in files.items()
            if path.startswith(f"objects/{name}/")
            for root in [ElementTree.fromstring(text.encode())]
        }
        self.jobs: list[dict[str, Any]] = []
        ingest = r"/services/data/v[\d.]+/jobs/ingest"
        for method, pattern, answer in (
            ("POST", "/services/oauth2/token", self._token),
            ("POST", ingest, self._open),
            ("PUT", ingest + r"/\d+/batches/?", self._receive),
            ("PATCH", ingest + r"/\d+", self._close),
            ("GET", ingest + r"/\d+", self._state),
            ("GET", ingest + r"/\d+/failedResults/?", self._failures),
        ):
            server.expect_request(
                re.compile(f"^{pattern}$"), method=method
            ).respond_with_handler(answer)

    @property
    def refused(self) -> dict[str, str]:
        """The records that the last job refused, with reasons."""
        return dict(self.jobs[-1]["failures"])

    def _token(self, _: Request) -> Response:
        return _answer({"access_token": "token"})

    def _job(self, request: Request) -> dict[str, Any]:
        number = re.search(r"ingest/(\d+)", request.path)
        assert number
        return self.jobs[int(number[1])]

    def _open(self, request: Request) -> Response:
        asked = request.get_json(force=True)
        assert asked["object"] == self.name
        assert asked["operation"] == "upsert"
        self.jobs.append(
            {
                "id": str(len(self.jobs)),
                "state": "Open",
                "externalIdFieldName": asked["externalIdFieldName"],
            }
        )
        return self._shown(self.jobs[-1])

    def _receive(self, request: Request) -> Response:
        text = request.get_data().decode()
        self._job(request)["rows"] = list(csv.DictReader(io.StringIO(text)))
        return Response(status=201)

    def _close(self, request: Request) -> Response:
        job = self._job(request)
        key = job["externalIdFieldName"]
        job["failures"] = []
        times = Counter(row[key] for row in job["rows"])
        for row in job["rows"]:
            reason = self._reason(row, key, times[row[key]])
            if reason:
                job["failures"].append((row[key], reason))
                continue
            record = self.records.setdefault(row[key], {})
            for name, value in row.items():
                if value == "#N/A":
                    record.pop(name, None)
                elif value:
                    record[name] = value
        job["state"] = "JobComplete"
        return self._shown(job)

    def _state(self, request: Request) -> Response:
        return self._shown(self._job(request))

    @staticmethod
    def _shown(job: dict[str, Any]) -> Response:
        return _answer(
            {
                "id": job["id"],
                "state": job["state"],
                "numberRecordsProcessed": len(job.get("rows", [])),
                "numberRecordsFailed": len(job.get("failures", [])),
            }
        )

    def _failures(self, request: Request) -> Response:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["sf__Id", "sf__Error"])
        writer.writerows(self._job(request)["failures"])
        return Response(text.getvalue(), content_type="text/csv")

    def _reason(self, row: Fields, key: str, times: int) -> str | None:
        """The reason to refuse a record, if there is one."""
        if times > 1:
            return "DUPLICATE_VALUE"
        if key == "Id" and row[key] not in self.records:
            return "INVALID_CROSS_REFERENCE_KEY"
        for name, value in row.items():
            if name == "Id" or value == "":
                continue
            if name not in self.fields:
                return f"INVALID_FIELD {name}"
            wrong = self._wrong(self.fields[name], value)
            if wrong:
                return f"{wrong} {name}"
            if self.fields[name].findtext(f"{_XML}unique") == "true" and any(
                record.get(name) == value
                for other, record in self.records.items()
                if other != row[key]
            ):
                return f"DUPLICATE_VALUE {name}"
        return None

    @staticmethod
    def _wrong(field: ElementTree.Element, value: str) -> str | None:
        kind = field.findtext(f"{_XML}type")
        if value == "#N/A":
            return "INVALID_TYPE" if kind == "Checkbox" else None
        if kind in ("Text", "LongTextArea"):
            length = int(field.findtext(f"{_XML}length") or 0)
            return "STRING_TOO_LONG" if len(value) > length else None
        if kind in ("Number", "Currency", "Percent"):
            precision = int(field.findtext(f"{_XML}precision") or 0)
            scale = int(field.findtext(f"{_XML}scale") or 0)
            try:
                fits = abs(Decimal(value)) < 10 ** (precision - scale)
            except InvalidOperation:
                return "INVALID_TYPE"
            return None if fits else "NUMBER_OUTSIDE_VALID_RANGE"
        if kind in ("Picklist", "MultiselectPicklist"):
            known = {
                item.findtext(f"{_XML}fullName")
                for item in field.iter(f"{_XML}value")
            }
            parts = value.split(";") if kind.startswith("Multi") else [value]
            return (
                None
                if set(parts) <= known
                else "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            )
        pattern = {
            "Checkbox": "true|false",
            "Date": _DAY,
            "DateTime": _MOMENT,
        }[kind or ""]
        return None if re.fullmatch(pattern, value) else "INVALID_TYPE"


class HubSpotServer:
    """The batch upsert for one kind of object.

    Args:
        server: The server it answers on.
        files: The files from crm_files().
        name: companies or contacts.
    """

    def __init__(self, server: HTTPServer, files: Fields, name: str) -> None:
        self.records: dict[str, Fields] = {}
        self.properties = {
            item["name"]: item
            for item in json.loads(files[f"{name}/properties.json"])["inputs"]
        }
        server.expect_request(
            f"/crm/v3/objects/{name}/batch/upsert", method="POST"
        ).respond_with_handler(self._upsert)

    def _upsert(self, request: Request) -> Response:
        inputs = request.get_json(force=True)["inputs"]
        problems = list(self._problems(inputs))
        if problems:
            # A batch with any error is not written at all.
            return _answer(
                {
                    "status": "error",
                    "category": "VALIDATION_ERROR",
                    "message": "; ".join(problems),
                },
                400,
            )
        for item in inputs:
            record = self.records.setdefault(item["id"], {})
            record.update(item["properties"])
            for name in [key for key, value in record.items() if value == ""]:
                del record[name]
        return _answer(
            {
                "status": "COMPLETE",
                "startedAt": "2024-07-01T00:00:00Z",
                "completedAt": "2024-07-01T00:00:00Z",
                "results": [],
            }
        )

    def _problems(self, inputs: list[dict[str, Any]]) -> Any:
        if len(inputs) > 100:
            yield "more than 100 inputs"
        for key, times in Counter(item["id"] for item in inputs).items():
            if times > 1:
                yield f"Duplicate IDs found in batch input: {key}"
        for item in inputs:
            identity = self.properties.get(item["idProperty"], {})
            if not identity.get("hasUniqueValue"):
                yield f"{item['idProperty']} is not a unique property"
            for name, value in item["properties"].items():
                if name not in self.properties:
                    yield f"PROPERTY_DOESNT_EXIST {name}"
                elif value != "" and not _fits(self.properties[name], value):
                    yield f"INVALID_{self.properties[name]['type']} {name}"


def _fits(definition: dict[str, Any], value: str) -> bool:
    options = {option["value"] for option in definition.get("options", [])}
    many = definition["fieldType"] == "checkbox"
    parts = set(value.split(";")) if many else {value}

    def is_number() -> bool:
        try:
            return Decimal(value).is_finite()
        except InvalidOperation:
            return False

    def is_day() -> bool:
        """Whether it is a day, or milliseconds at midnight."""
        if re.fullmatch(r"\d{10,}", value):
            return int(value) % 86_400_000 == 0
        return bool(re.fullmatch(_DAY, value)) and bool(
            datetime.fromisoformat(value)
        )

    checks: dict[str, Callable[[], bool]] = {
        "string": lambda: len(value) <= 65_536,
        "number": is_number,
        "enumeration": lambda: parts <= options,
        "bool": lambda: value in options,
        "date": is_day,
        "datetime": lambda: bool(re.fullmatch(_MOMENT, value)),
    }
    return checks[definition["type"]]()
