import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { clinicalDatePaths } from '../../model/src/fhir/clinical-date.ts'
import { type Definitions, readDefinitions } from './definitions.ts'
import { generate } from './generate.ts'

const definitions = readDefinitions()

test.each([...generate()])('%s is what the definitions give', (file, text) => {
  expect(readFileSync(new URL(`../../model/src/${file}`, import.meta.url), 'utf8') === text).toBe(true)
})

test('generating twice gives the same', () => {
  expect([...generate()]).toEqual([...generate()])
})

test('R4 has 146 resource types, and nothing of another version or vendor', () => {
  expect(definitions.resources).toHaveLength(146)
  const names = (path: string): string[] => (definitions.elements.get(path) ?? []).map((one) => one.name)
  expect(names('Meta')).not.toContain('project')
  expect(names('Binary')).toEqual(['id', 'meta', 'implicitRules', 'language', 'contentType', 'securityContext', 'data'])
  expect(names('ResearchStudy')).not.toContain('studyDesign')
  expect(names('EvidenceVariable.characteristic')).toContain('definition[x]')
})

test('only these elements called reference are not References, which the finding of references relies on', () => {
  const odd: string[] = []
  for (const siblings of definitions.elements.values()) {
    for (const one of siblings) {
      const type = one.types[0]?.code
      if (one.name === 'reference' && type !== 'Reference' && type !== 'Identifier') odd.push(`${one.path}: ${type}`)
    }
  }
  expect(odd.toSorted()).toEqual([
    'DetectedIssue.reference: uri',
    'Expression.reference: uri',
    'Immunization.education.reference: uri',
    'Reference.reference: string',
  ])
})

test('the dates that order a chart are dates in R4', () => {
  for (const [type, paths] of Object.entries(clinicalDatePaths)) {
    expect(definitions.resources).toContain(type)
    for (const path of paths.split(' ')) expect([path, endOf(definitions, type, path)]).toEqual([path, 'date'])
  }
})

function endOf(known: Definitions, type: string, path: string): string {
  let holder = type
  for (const name of path.split('.')) {
    const siblings = known.elements.get(holder) ?? []
    const choice = siblings.find((one) => one.name.endsWith('[x]') && name.startsWith(one.name.slice(0, -3)))
    const element = siblings.find((one) => one.name === name) ?? choice
    if (element === undefined) return `no ${name}`
    const suffix = element === choice ? name.slice(element.name.length - 3) : undefined
    const code =
      element.types.find((one) => suffix === undefined || one.code.toLowerCase() === suffix.toLowerCase())?.code ?? ''
    holder = code === 'BackboneElement' ? element.path : code
  }
  return ['date', 'dateTime', 'instant'].includes(holder) ? 'date' : holder
}
