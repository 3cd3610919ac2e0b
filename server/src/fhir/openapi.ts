import { namedTypes, offeredTypes, servedFor } from './claims.ts'
import type { Operation } from './operation.ts'
import { type Served, served } from './served.ts'

/** The same as the CapabilityStatement, from the same tables, for tools that know OpenAPI (3.1). `base` is our address. */
export function openApi(base: string, version: string, operations: readonly Operation[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  const add = (path: string, method: string, described: object) => {
    const name = path.replaceAll(/:(\w+)/g, '{$1}') || '/'
    paths[name] = { ...paths[name], [method.toLowerCase()]: described }
  }
  for (const row of served) add(row.path, row.method, interactionOf(row))
  for (const operation of operations)
    for (const path of pathsOf(operation))
      for (const method of operation.methods) add(path, method, operationOf(operation, path, method))
  return {
    openapi: '3.1.0',
    info: { title: 'Chartkeep FHIR R4', version },
    servers: [{ url: base }],
    security: [{ smart: [] }],
    paths,
    components: {
      securitySchemes: {
        smart: {
          type: 'oauth2',
          description: 'SMART Backend Services: a token for an assertion signed with the program’s key.',
          flows: { clientCredentials: { tokenUrl: new URL('/oauth/token', base).href, scopes: {} } },
        },
      },
      responses: {
        refused: {
          description: 'Refused: what for, which rule and what would help.',
          content: { [fhirJson]: { schema: { $ref: '#/components/schemas/OperationOutcome' } } },
        },
      },
      schemas: {
        Resource: { type: 'object', required: ['resourceType'], properties: { resourceType: { type: 'string' } } },
        OperationOutcome: {
          type: 'object',
          required: ['resourceType', 'issue'],
          properties: { resourceType: { const: 'OperationOutcome' }, issue: { type: 'array', minItems: 1 } },
        },
      },
    },
  }
}

const fhirJson = 'application/fhir+json'
const anyResource = { schema: { $ref: '#/components/schemas/Resource' } }
const answers = {
  '2XX': { description: 'Done.', content: { [fhirJson]: anyResource } },
  default: { $ref: '#/components/responses/refused' },
}

function pathsOf({ code, levels, types }: Operation): string[] {
  return levels.flatMap((level) =>
    level === 'system'
      ? [`/$${code}`]
      : (types.length === 0 ? [':type'] : types).map(
          (type) => `/${type}${level === 'instance' ? '/:id' : ''}/$${code}`,
        ),
  )
}

function interactionOf(row: Served): object {
  const { path, method, codes, documentation } = row
  // A row for all types serves those that have none of their own.
  const types = offeredTypes.filter((type) => servedFor(type).includes(row))
  return {
    operationId: `${codes.join('-or-')} ${method} ${path}`.trim(),
    summary: documentation,
    parameters: parametersIn(path, types),
    ...bodyOf(row),
    responses: answers,
  }
}

function bodyOf({ method, class: routeClass, codes }: Served): object {
  if (routeClass === 'search' && method === 'POST')
    return { requestBody: { content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } } } }
  if (routeClass === 'upload')
    return { requestBody: { required: true, content: { '*/*': {}, [fhirJson]: anyResource } } }
  if (codes.includes('patch')) {
    const operations = { schema: { type: 'array', items: { type: 'object' } } }
    return {
      requestBody: { required: true, content: { 'application/json-patch+json': operations, [fhirJson]: anyResource } },
    }
  }
  if (method === 'POST' || method === 'PUT')
    return { requestBody: { required: true, content: { [fhirJson]: anyResource } } }
  return {}
}

function operationOf(operation: Operation, path: string, method: string): object {
  const { code, documentation, definition, accepts } = operation
  const asked = accepts
    .filter(({ type }) => /^[a-z]/.test(type))
    .map(({ name, documentation: description }) => ({ name, in: 'query', description, schema: { type: 'string' } }))
  return {
    operationId: `$${code} ${method} ${path}`,
    summary: documentation,
    externalDocs: { url: definition },
    parameters: [...parametersIn(path, namedTypes([operation])), ...asked],
    ...(method === 'POST' ? { requestBody: { content: { [fhirJson]: anyResource } } } : {}),
    responses: answers,
  }
}

function parametersIn(path: string, types: readonly string[]): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    ...{ name, in: 'path', required: true },
    schema: name === 'type' ? { enum: types } : { type: 'string' },
  }))
}
