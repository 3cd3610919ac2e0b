"""PyPI fhir.resources: models alone, so what is read has to fit them, and what they write has to be taken."""

import json
import sys
from urllib.request import Request, urlopen

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.patient import Patient

import steps
from steps import BASE, MRN, TOKEN, observation, patient, step, transaction


def ask(method, path, body=None, headers=None):
    request = Request(BASE + path, method=method, data=None if body is None else body.encode())
    request.add_header("Authorization", f"Bearer {TOKEN}")
    request.add_header("Content-Type", "application/fhir+json")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    with urlopen(request) as answer:
        return answer.read().decode()


made = {}


@step("metadata")
def _():
    CapabilityStatement.model_validate_json(ask("GET", "/metadata"))


@step("create")
def _():
    text = Patient.model_validate(patient()).model_dump_json(exclude_none=True)
    made["patient"] = Patient.model_validate_json(ask("POST", "/Patient", text))


@step("read")
def _():
    assert Patient.model_validate_json(ask("GET", f"/Patient/{made['patient'].id}")) == made["patient"]


@step("conditional create")
def _():
    text = json.dumps(patient())
    again = ask("POST", "/Patient", text, {"If-None-Exist": f"identifier=urn:mrn|{MRN}"})
    assert Patient.model_validate_json(again).id == made["patient"].id


@step("update with a version")
def _():
    one = made["patient"].model_copy(update={"gender": "female"})
    text = ask("PUT", f"/Patient/{one.id}", one.model_dump_json(exclude_none=True), {"If-Match": 'W/"1"'})
    assert Patient.model_validate_json(text).gender == "female"


@step("search with pages")
def _():
    for _ in range(5):
        one = Observation.model_validate(observation(f"Patient/{made['patient'].id}"))
        ask("POST", "/Observation", one.model_dump_json(exclude_none=True))
    found, path = set(), f"/Observation?subject=Patient/{made['patient'].id}&_count=2"
    while path:
        page = Bundle.model_validate_json(ask("GET", path))
        found |= {entry.resource.id for entry in page.entry}
        path = next((link.url.removeprefix(BASE) for link in page.link if link.relation == "next"), None)
    assert len(found) == 5, f"{len(found)} instead of 5"


@step("transaction")
def _():
    bundle = Bundle.model_validate(transaction())
    assert len(Bundle.model_validate_json(ask("POST", "", bundle.model_dump_json(exclude_none=True))).entry) == 2


@step("delete")
def _():
    one = json.loads(ask("GET", f"/Observation?subject=Patient/{made['patient'].id}"))["entry"][0]["resource"]
    ask("DELETE", f"/Observation/{one['id']}")


sys.exit(1 if steps.failed else 0)
