import { isJsonObject, type Json, type JsonObject } from './json.ts'

/**
 * What every record of a kind says alike, and nothing that one person's record says: the text of a stored resource with
 * every value taken out that could be somebody's (names, dates, numbers, ids, free text), as the runs of text between.
 * Only what is listed here stays; what nobody thought of is taken out.
 */
export function fixedRuns(resource: JsonObject): string[] {
  return render(resource, '', resource).split(hole)
}

/** Stands for a value that was taken out. It cannot occur in JSON text. */
const hole = '\u0000'

// Strings of a definition, not of a person. `display`, `text` and `code` have conditions of their own.
const definitional = new Set(
  `resourceType system url profile versionId status docStatus lifecycleStatus intent use mode contentType unit currency
  criticality severity comparator periodUnit durationUnit valueCode kind outcome gender required priority
  daysOfWeek country xmlns language`.split(/\s+/),
)
const elementsWithCodes = new Set(['category', 'type', 'relation', 'participantStatus'])
const elementsWithPhrases = new Set(['dosageInstruction'])

function render(value: Json, key: string, parent: JsonObject): string {
  if (Array.isArray(value)) return `[${value.map((part) => render(part, key, parent)).join(',')}]`
  if (isJsonObject(value)) {
    const parts = Object.entries(value).map(
      ([name, part]) => `${JSON.stringify(name)}:${render(part, context(name, key), value)}`,
    )
    return `{${parts.join(',')}}`
  }
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return value === 1 ? '1' : hole
  return typeof value === 'string' ? renderText(value, key, parent) : 'null'
}

/** The element's name, with the phrase-bearing parent kept: `dosageInstruction.text`. */
function context(name: string, within: string): string {
  return elementsWithPhrases.has(within) && name === 'text' ? `${within}.text` : name
}

function renderText(text: string, key: string, parent: JsonObject): string {
  // Systems of one practice only, and the placeholder of shapes.
  if (text === 'x' || /\.example\b/.test(text)) return `"${hole}"`
  if (key === 'reference') return renderReference(text)
  if (isFixed(text, key, parent)) return JSON.stringify(text)
  // Every date of today's records begins alike.
  return /^20\d\d-/.test(text) ? `"20${hole}"` : `"${hole}"`
}

function isFixed(text: string, key: string, parent: JsonObject): boolean {
  if (key === 'code') return 'system' in parent || /^[a-z][a-z-]*$/.test(text)
  // A coding's display is the code system's; a reference's is somebody's name.
  if (key === 'display') return 'code' in parent
  if (key === 'text') return codings(parent).some((coding) => coding['display'] === text)
  if (key === 'valueString') return parent['url'] === 'text'
  if (elementsWithCodes.has(key)) return /^[a-z][a-z-]*$/.test(text)
  return definitional.has(key) || key === 'dosageInstruction.text'
}

function codings(concept: JsonObject): JsonObject[] {
  const list = concept['coding']
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

function renderReference(text: string): string {
  const type = /^([A-Za-z]+)[/?]/.exec(text)?.[1]
  return type === undefined ? `"${text.startsWith('#') ? text : hole}"` : `"${type}/${hole}"`
}
