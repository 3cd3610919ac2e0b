// Models of github.com/samply/golang-fhir-models over net/http: what is read has to fit them, and what they write has to
// be taken. One line for each operation: `name ok`, or `name failed why`.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/samply/golang-fhir-models/fhir-models/fhir"
)

var (
	base   = os.Getenv("FHIR_BASE")
	mrn    = fmt.Sprintf("peer-%d", time.Now().UnixNano())
	failed = false
)

func step(name string, run func() error) {
	if err := run(); err != nil {
		failed = true
		fmt.Println(name, "failed", err)
		return
	}
	fmt.Println(name, "ok")
}

func ask(method, address string, body any, headers map[string]string, into any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	if !strings.HasPrefix(address, base) {
		address = base + address
	}
	request, err := http.NewRequest(method, address, content)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("FHIR_TOKEN"))
	request.Header.Set("Content-Type", "application/fhir+json")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		outcome, err := fhir.UnmarshalOperationOutcome(text)
		if err != nil || len(outcome.Issue) == 0 || outcome.Issue[0].Diagnostics == nil {
			return fmt.Errorf("%d without an outcome", response.StatusCode)
		}
		return fmt.Errorf("%d %s", response.StatusCode, *outcome.Issue[0].Diagnostics)
	}
	if into == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, into)
}

func text(value string) *string { return &value }

func numbered(value string) fhir.Patient {
	return fhir.Patient{
		Name:       []fhir.HumanName{{Family: text("Zwyssig"), Given: []string{"Quirina"}}},
		Identifier: []fhir.Identifier{{System: text("urn:mrn"), Value: text(value)}},
	}
}

func observation(subject string) fhir.Observation {
	return fhir.Observation{
		Status:  fhir.ObservationStatusFinal,
		Code:    fhir.CodeableConcept{Coding: []fhir.Coding{{System: text("http://loinc.org"), Code: text("8480-6")}}},
		Subject: &fhir.Reference{Reference: text(subject)},
	}
}

func main() {
	var patient fhir.Patient
	step("metadata", func() error {
		var statement fhir.CapabilityStatement
		return ask("GET", "/metadata", nil, nil, &statement)
	})
	step("create", func() error { return ask("POST", "/Patient", numbered(mrn), nil, &patient) })
	if patient.Id == nil {
		os.Exit(1)
	}
	step("read", func() error {
		var read fhir.Patient
		return ask("GET", "/Patient/"+*patient.Id, nil, nil, &read)
	})
	step("conditional create", func() error {
		var again fhir.Patient
		err := ask("POST", "/Patient", numbered(mrn), map[string]string{"If-None-Exist": "identifier=urn:mrn|" + mrn}, &again)
		if err == nil && *again.Id != *patient.Id {
			return fmt.Errorf("a second patient")
		}
		return err
	})
	step("update with a version", func() error {
		changed := patient
		gender := fhir.AdministrativeGenderFemale
		changed.Gender = &gender
		return ask("PUT", "/Patient/"+*patient.Id, changed, map[string]string{"If-Match": `W/"1"`}, nil)
	})
	step("update without a version", func() error { return ask("PUT", "/Patient/"+*patient.Id, patient, nil, nil) })
	step("search with pages", func() error {
		for range 5 {
			if err := ask("POST", "/Observation", observation("Patient/"+*patient.Id), nil, nil); err != nil {
				return err
			}
		}
		seen := map[string]bool{}
		for address := "/Observation?_count=2&subject=Patient/" + *patient.Id; address != ""; {
			var page fhir.Bundle
			if err := ask("GET", address, nil, nil, &page); err != nil {
				return err
			}
			for _, entry := range page.Entry {
				one, err := fhir.UnmarshalObservation(entry.Resource)
				if err != nil {
					return err
				}
				seen[*one.Id] = true
			}
			address = ""
			for _, link := range page.Link {
				if link.Relation == "next" {
					address = link.Url
				}
			}
		}
		if len(seen) != 5 {
			return fmt.Errorf("%d instead of 5", len(seen))
		}
		return nil
	})
	step("transaction", func() error {
		urn := "urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001"
		first, _ := json.Marshal(numbered(mrn + "-t"))
		second, _ := json.Marshal(observation(urn))
		post := func(url string) *fhir.BundleEntryRequest {
			return &fhir.BundleEntryRequest{Method: fhir.HTTPVerbPOST, Url: url}
		}
		bundle := fhir.Bundle{Type: fhir.BundleTypeTransaction, Entry: []fhir.BundleEntry{
			{FullUrl: &urn, Resource: first, Request: post("Patient")},
			{Resource: second, Request: post("Observation")},
		}}
		var answer fhir.Bundle
		err := ask("POST", "", bundle, nil, &answer)
		if err == nil && len(answer.Entry) != 2 {
			return fmt.Errorf("entries are missing")
		}
		return err
	})
	step("delete", func() error {
		var page fhir.Bundle
		if err := ask("GET", "/Observation?subject=Patient/"+*patient.Id, nil, nil, &page); err != nil {
			return err
		}
		one, err := fhir.UnmarshalObservation(page.Entry[0].Resource)
		if err != nil {
			return err
		}
		return ask("DELETE", "/Observation/"+*one.Id, nil, nil, nil)
	})
	if failed {
		os.Exit(1)
	}
}
