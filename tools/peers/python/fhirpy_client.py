"""PyPI fhirpy."""

import sys

from fhirpy import SyncFHIRClient

import steps
from steps import BASE, MRN, TOKEN, observation, patient, step, transaction

client = SyncFHIRClient(BASE, authorization=f"Bearer {TOKEN}")
made = {}


def resource(body):
    return client.resource(body["resourceType"], **{name: value for name, value in body.items() if name != "resourceType"})


@step("create")
def _():
    one = resource(patient())
    one.create()
    made["patient"] = one


@step("read")
def _():
    assert client.reference("Patient", made["patient"].id).to_resource()["name"][0]["family"] == "Zwyssig"


@step("conditional create")
def _():
    found, created = client.resources("Patient").search(identifier=f"urn:mrn|{MRN}").get_or_create(resource(patient()))
    assert not created and found.id == made["patient"].id


@step("conditional update")
def _():
    one, _ = client.resources("Patient").search(identifier=f"urn:mrn|{MRN}").update(resource(patient(gender="female")))
    assert one.id == made["patient"].id


@step("update without a version")
def _():
    one = client.reference("Patient", made["patient"].id).to_resource()
    one["gender"] = "other"
    one.save()


@step("patch without a version")
def _():
    one = client.reference("Patient", made["patient"].id).to_resource()
    one.patch(gender="male")


@step("search with pages")
def _():
    for _ in range(5):
        resource(observation(f"Patient/{made['patient'].id}")).create()
    found = {one.id for one in client.resources("Observation").search(subject=f"Patient/{made['patient'].id}").limit(2)}
    assert len(found) == 5, f"{len(found)} instead of 5"


@step("transaction")
def _():
    answer = client.execute("", method="post", data=transaction())
    assert len(answer["entry"]) == 2


@step("delete")
def _():
    client.resources("Observation").search(subject=f"Patient/{made['patient'].id}").first().delete()


sys.exit(1 if steps.failed else 0)
