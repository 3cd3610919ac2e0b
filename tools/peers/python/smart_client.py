"""PyPI fhirclient (SMART on FHIR)."""

import sys

from fhirclient import client
from fhirclient.models.bundle import Bundle
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient

import steps
from steps import BASE, MRN, TOKEN, observation, patient, step, transaction

smart = client.FHIRClient(settings={"app_id": "peers", "api_base": BASE + "/"})
smart.server.session.headers["Authorization"] = f"Bearer {TOKEN}"
server = smart.server
made = {}


@step("create")
def _():
    made["patient"] = Patient(patient()).create(server)["id"]


@step("read")
def _():
    assert Patient.read(made["patient"], server).name[0].family == "Zwyssig"


@step("update without a version")
def _():
    one = Patient.read(made["patient"], server)
    one.gender = "female"
    one.update(server)


@step("search with pages")
def _():
    for _ in range(5):
        Observation(observation(f"Patient/{made['patient']}")).create(server)
    search = Observation.where({"subject": f"Patient/{made['patient']}", "_count": "2"})
    found = {one.id for one in search.perform_resources_iter(server)}
    assert len(found) == 5, f"{len(found)} instead of 5"


@step("transaction")
def _():
    answer = server.post_json("", transaction()).json()
    assert len(Bundle(answer).entry) == 2


@step("delete")
def _():
    search = Observation.where({"subject": f"Patient/{made['patient']}"})
    search.perform_resources(server)[0].delete(server)


sys.exit(1 if steps.failed else 0)
