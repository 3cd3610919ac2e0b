"""One line for each operation: `name ok`, or `name failed why`."""

import os
import time

BASE = os.environ["FHIR_BASE"]
TOKEN = os.environ["FHIR_TOKEN"]
MRN = f"peer-{time.time_ns()}"
failed = False


def step(name):
    def run(work):
        global failed
        try:
            work()
            print(name, "ok")
        except Exception as error:  # whatever a client throws is its answer
            failed = True
            print(name, "failed", type(error).__name__, str(error).replace("\n", " ")[:300])

    return run


def patient(value=MRN, **more):
    return {
        "resourceType": "Patient",
        "name": [{"family": "Zwyssig", "given": ["Quirina"]}],
        "identifier": [{"system": "urn:mrn", "value": value}],
        **more,
    }


def observation(subject, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
        "subject": {"reference": subject},
        **more,
    }


def transaction(urn="urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001"):
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": urn, "resource": patient(MRN + "-t"), "request": {"method": "POST", "url": "Patient"}},
            {"resource": observation(urn), "request": {"method": "POST", "url": "Observation"}},
        ],
    }
