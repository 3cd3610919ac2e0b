import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.client.interceptor.BearerTokenAuthInterceptor;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import java.util.HashSet;
import java.util.Set;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;

/** HAPI FHIR's client against a server: one line for each operation, `name ok` or `name failed why`. */
public final class Hapi {
  private static final String MRN = "peer-" + System.nanoTime();
  private static boolean failed = false;

  private interface Step {
    void run() throws Exception;
  }

  private static void step(String name, Step step) {
    try {
      step.run();
      System.out.println(name + " ok");
    } catch (Throwable error) {
      failed = true;
      System.out.println(name + " failed " + String.valueOf(error.getMessage()).replace('\n', ' '));
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) throw new IllegalStateException(what);
  }

  private static Patient numbered(String value) {
    Patient patient = new Patient();
    patient.addName().setFamily("Zwyssig").addGiven("Quirina");
    patient.addIdentifier().setSystem("urn:mrn").setValue(value);
    return patient;
  }

  private static Observation observation(Reference subject) {
    Observation observation = new Observation();
    observation.setStatus(Observation.ObservationStatus.FINAL);
    observation.getCode().addCoding().setSystem("http://loinc.org").setCode("8480-6");
    observation.setSubject(subject);
    return observation;
  }

  public static void main(String[] arguments) {
    FhirContext context = FhirContext.forR4();
    context.getRestfulClientFactory().setServerValidationMode(ServerValidationModeEnum.NEVER);
    context.getRestfulClientFactory().setSocketTimeout(120_000);
    IGenericClient client = context.newRestfulGenericClient(System.getenv("FHIR_BASE"));
    client.registerInterceptor(new BearerTokenAuthInterceptor(System.getenv("FHIR_TOKEN")));
    Patient[] made = new Patient[1];
    Observation[] result = new Observation[1];

    step("metadata", () -> require(client.capabilities().ofType(CapabilityStatement.class).execute().hasRest(), "no rest"));
    step("create", () -> {
      MethodOutcome outcome = client.create().resource(numbered(MRN)).execute();
      require(Boolean.TRUE.equals(outcome.getCreated()), "not created");
      made[0] = (Patient) outcome.getResource();
    });
    step("read", () -> {
      Patient read = client.read().resource(Patient.class).withId(made[0].getIdElement().toUnqualifiedVersionless()).execute();
      require("Zwyssig".equals(read.getNameFirstRep().getFamily()), "another patient");
    });
    step("conditional create", () -> {
      MethodOutcome outcome =
          client.create().resource(numbered(MRN)).conditionalByUrl("Patient?identifier=urn:mrn|" + MRN).execute();
      require(outcome.getId().getIdPart().equals(made[0].getIdElement().getIdPart()), "a second patient");
    });
    // HAPI's client sends If-Match from the version of the id that the resource has.
    step("update with a version", () -> {
      Patient changed = made[0].copy();
      changed.setGender(AdministrativeGender.FEMALE);
      MethodOutcome outcome = client.update().resource(changed).withId(made[0].getIdElement()).execute();
      require("2".equals(outcome.getId().getVersionIdPart()), "another version");
    });
    step("update without a version", () -> {
      Patient changed = made[0].copy();
      changed.setGender(AdministrativeGender.OTHER);
      client.update().resource(changed).withId(made[0].getIdElement().toUnqualifiedVersionless()).execute();
    });
    step("conditional update", () -> {
      MethodOutcome outcome =
          client.update().resource(numbered(MRN)).conditionalByUrl("Patient?identifier=urn:mrn|" + MRN).execute();
      require(outcome.getId().getIdPart().equals(made[0].getIdElement().getIdPart()), "a second patient");
    });
    step("create with an absolute reference", () -> {
      String absolute = System.getenv("FHIR_BASE") + "/Patient/" + made[0].getIdElement().getIdPart();
      MethodOutcome outcome = client.create().resource(observation(new Reference(absolute))).execute();
      result[0] = (Observation) outcome.getResource();
      require(result[0].getSubject().getReference().equals("Patient/" + made[0].getIdElement().getIdPart()), "not relative");
    });
    step("patch", () -> {
      Parameters patch = new Parameters();
      Parameters.ParametersParameterComponent operation = patch.addParameter().setName("operation");
      operation.addPart().setName("type").setValue(new CodeType("replace"));
      operation.addPart().setName("path").setValue(new org.hl7.fhir.r4.model.StringType("Observation.status"));
      operation.addPart().setName("value").setValue(new CodeType("amended"));
      client.patch().withFhirPatch(patch).withId(result[0].getIdElement().toUnqualifiedVersionless()).execute();
    });
    step("search with pages", () -> {
      for (int at = 0; at < 4; at++)
        client.create().resource(observation(new Reference(made[0].getIdElement().toUnqualifiedVersionless()))).execute();
      Set<String> seen = new HashSet<>();
      Bundle page = client.search().forResource(Observation.class)
          .where(Observation.SUBJECT.hasId(made[0].getIdElement().toUnqualifiedVersionless()))
          .count(2).returnBundle(Bundle.class).execute();
      while (true) {
        page.getEntry().forEach(entry -> seen.add(entry.getResource().getIdElement().getIdPart()));
        if (page.getLink("next") == null) break;
        page = client.loadPage().next(page).execute();
      }
      require(seen.size() == 5, seen.size() + " instead of 5");
    });
    step("transaction", () -> {
      Bundle bundle = new Bundle();
      bundle.setType(Bundle.BundleType.TRANSACTION);
      String urn = "urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001";
      bundle.addEntry().setFullUrl(urn).setResource(numbered(MRN + "-t")).getRequest()
          .setMethod(Bundle.HTTPVerb.POST).setUrl("Patient");
      bundle.addEntry().setResource(observation(new Reference(urn))).getRequest()
          .setMethod(Bundle.HTTPVerb.POST).setUrl("Observation");
      Bundle answer = client.transaction().withBundle(bundle).execute();
      require(answer.getEntry().size() == 2, "entries are missing");
    });
    step("a refusal says why", () -> {
      try {
        client.create().resource(observation(new Reference("b341"))).execute();
        require(false, "was taken");
      } catch (BaseServerResponseException error) {
        require(error.getMessage().contains("subject"), error.getMessage());
      }
    });
    step("delete", () -> client.delete().resourceById(result[0].getIdElement().toUnqualifiedVersionless()).execute());
    System.exit(failed ? 1 : 0);
  }
}
