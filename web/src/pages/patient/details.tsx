import { readPatient, readRelated } from '../../fhir/patient.ts'
import { Empty } from '../../ui/states.tsx'
import { sentence } from '../../words/name.ts'
import { Coverages } from './claims.tsx'
import { choices } from './choices.ts'
import { Appointments } from './appointments.tsx'
import { Records, usePatientId, useRecords } from './records.tsx'

/** Who the patient is and how to reach them: what the front desk works with. */
export function DetailsPage() {
  return (
    <>
      <Records choice={choices.person} what="Details" rows={8}>
        {(records) => {
          const [record] = records
          if (record === undefined) return <Empty>No details recorded.</Empty>
          const person = readPatient(record)
          return (
            <section aria-label="Details">
              <div className="list-head">
                <h2>Details</h2>
              </div>
              <dl className="facts">
                <Fact name="Names" values={person.names.map((name) => used(name.text, name.use))} />
                <Fact
                  name="Address"
                  values={person.addresses.map((address) => used(address.lines.join(', '), address.use))}
                />
                <Fact name="Phone" values={person.phones.map((phone) => used(phone.text, phone.use))} />
                <Fact name="E-mail" values={person.emails} />
                <Fact name="Language" values={person.languages} />
                <Fact name="Marital status" values={one(person.maritalStatus)} />
                <Fact name="Gender identity" values={one(person.genderIdentity)} />
                <Fact name="Race" values={one(person.race)} />
                <Fact name="Ethnicity" values={one(person.ethnicity)} />
                <Fact
                  name="Identifiers"
                  values={person.identifiers.map((identifier) => `${identifier.label}: ${identifier.value}`)}
                />
                <Contacts of={person.contacts} />
              </dl>
            </section>
          )
        }}
      </Records>
      <Appointments />
      <Coverages />
    </>
  )
}

function Contacts({ of }: { of: ReturnType<typeof readPatient>['contacts'] }) {
  const { records } = useRecords(usePatientId(), choices.related)
  const contacts = [...of, ...records.map(readRelated)]
  return (
    <Fact
      name="Contacts"
      values={contacts.map((contact) =>
        [contact.name, contact.relationship, contact.phone].filter((part) => part !== '').join(' · '),
      )}
    />
  )
}

function Fact({ name, values }: { name: string; values: readonly string[] }) {
  return (
    <div>
      <dt>{name}</dt>
      {values.length === 0 ? (
        <dd className="meta">Not recorded</dd>
      ) : (
        values.map((value, place) => <dd key={`${place} ${value}`}>{value}</dd>)
      )}
    </div>
  )
}

function used(value: string, use: string): string {
  return use === '' || use === 'official' ? value : `${value} (${sentence(use).toLowerCase()})`
}

function one(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value]
}
