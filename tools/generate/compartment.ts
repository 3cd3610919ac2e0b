// generated/compartment.ts: where each type names the patients whose compartment it belongs to.
import type { Definitions } from './definitions.ts'
import { parseExpression } from './expression.ts'
import { resolvePath } from './paths.ts'
import { table } from './source.ts'

/**
 * The parameter whose patient the record is about comes first, whatever the order of the CompartmentDefinition: for
 * Coverage it lists the policy holder before the person insured.
 */
const homeFirst = ['patient', 'subject', 'beneficiary', 'individual']

export function generateCompartment(definitions: Definitions): string {
  const rows = definitions.resources.flatMap((type): [string, string][] => {
    const codes = definitions.patientCompartment.get(type)
    if (codes === undefined) return []
    const ordered = codes.toSorted((a, b) => rank(a) - rank(b))
    const paths = ordered.flatMap((code) => pathsOf(definitions, type, code))
    return [[type, [...new Set(paths)].join(' ')]]
  })
  return table('patientPaths', rows)
}

function rank(code: string): number {
  const place = homeFirst.indexOf(code)
  return place === -1 ? homeFirst.length : place
}

function pathsOf(definitions: Definitions, type: string, code: string): string[] {
  const parameter = definitions.searchParameters.find((one) => one.code === code && one.base.includes(type))
  if (parameter?.expression === undefined) throw new Error(`no search parameter ${type}.${code}`)
  const paths = parseExpression(parameter.expression)
    .filter((path) => path.root === type)
    .flatMap((path) => resolvePath(definitions, path))
    .filter((path) => path.type === 'Reference')
  for (const path of paths) {
    if (!/^[\w.]+(\{Patient\})?$/.test(path.text)) throw new Error(`an unexpected filter: ${path.text}`)
  }
  return paths.filter((path) => mayBePatient(path.element?.types)).map((path) => path.text.replace('{Patient}', ''))
}

function mayBePatient(types: readonly { code: string; targets: readonly string[] }[] | undefined): boolean {
  const targets = types?.find((one) => one.code === 'Reference')?.targets ?? []
  return targets.length === 0 || targets.includes('Patient')
}
