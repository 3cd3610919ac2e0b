import { modules } from '../../server/modules.ts'
import { placeOf } from './place.ts'
import type { Rule } from './rule.ts'

// Where SQL names a table: after one of these words.
const tableName =
  /\b(?:from|join|into|update|table|truncate|only|using)\s+(?:only\s+|if\s+(?:not\s+)?exists\s+)?"?([a-z_]+)"?\."?[a-z_]/gi

/** @returns the schemas of other modules that a piece of SQL names */
function foreignSchemas(sql: string, own: string): string[] {
  const named = [...sql.matchAll(tableName)].map(([, schema = '']) => schema.toLowerCase())
  return [...new Set(named)].filter((schema) => schema !== own && Object.hasOwn(modules, schema))
}

/** A module's SQL names no schema but its own: what another module stores is asked for at its door. */
export const ownSchema: Rule = {
  create(context) {
    const { module, test } = placeOf(context.physicalFilename)
    if (module === undefined || test) return {}
    return {
      Literal(node) {
        if (typeof node.value !== 'string') return
        for (const schema of foreignSchemas(node.value, module)) context.report({ node, message: complaint(schema) })
      },
      TemplateLiteral(node) {
        const text = node.quasis.map(({ value }) => value.cooked ?? '').join('x')
        for (const schema of foreignSchemas(text, module)) context.report({ node, message: complaint(schema) })
      },
    }
  },
}

function complaint(schema: string): string {
  return `The schema ${schema} belongs to another module; ask at its door (#${schema}).`
}
