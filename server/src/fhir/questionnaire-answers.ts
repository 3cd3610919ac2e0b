import { isObject, type JsonObject, type Resource } from '@chartkeep/model/fhir'
import { answerFindings } from '@chartkeep/model/questionnaire'
import { openTerminology, shipped } from '@chartkeep/model/terminology'
import { parseId, Refusal } from '#base'
import { parseStored, type Records, type Write } from '#records'
import { ask, type Asking } from './offered.ts'

const terminology = openTerminology(shipped)

/**
 * A change of a QuestionnaireResponse that is held against its Questionnaire, as far as that is contained in it, brought by
 * one of the changes that are made with it, or stored here, and whoever sends it may see it: at once, or once a patch has made
 * it. Throws 'resource-invalid' with the findings.
 *
 * @param brought by its transaction
 */
export async function holdingAnswers(
  records: Records,
  asking: Asking,
  change: Write,
  brought: Brought = nothing,
): Promise<Write> {
  if (change.kind === 'delete') return change
  if (change.kind !== 'patch') {
    await requireAnswers(records, asking, change.resource, brought)
    return change
  }
  if (change.type !== 'QuestionnaireResponse') return change
  return {
    ...change,
    async apply(resource) {
      const made = await change.apply(resource)
      await requireAnswers(records, asking, made, brought)
      return made
    },
  }
}

async function requireAnswers(records: Records, asking: Asking, resource: Resource, brought: Brought): Promise<void> {
  if (resource.resourceType !== 'QuestionnaireResponse' || resource['status'] === 'entered-in-error') return
  const { questionnaire } = resource
  if (typeof questionnaire !== 'string') return
  const found =
    containedIn(resource, questionnaire) ??
    brought.get(questionnaire) ??
    (await storedQuestionnaire(records, asking, questionnaire))
  if (found === undefined) return
  const findings = answerFindings(resource, found, terminology)
  if (findings.length > 0) throw new Refusal('resource-invalid', { findings })
}

function containedIn({ contained }: Resource, canonical: string): JsonObject | undefined {
  if (!canonical.startsWith('#') || !Array.isArray(contained)) return undefined
  return contained.filter(isObject).find(({ id }) => `#${String(id)}` === canonical)
}

/** Questionnaires that changes bring, by canonical, with and without a version, and by id. */
export type Brought = ReadonlyMap<string, JsonObject>

const nothing: Brought = new Map()

export function questionnairesIn(changes: readonly Write[]): Brought {
  const brought = new Map<string, JsonObject>()
  for (const one of changes) {
    if (one.kind === 'patch' || one.kind === 'delete' || one.resource.resourceType !== 'Questionnaire') continue
    const { id, resource } = one
    const { url, version } = resource
    if (id !== undefined) brought.set(`Questionnaire/${id}`, resource)
    if (typeof url !== 'string') continue
    brought.set(url, resource)
    if (typeof version === 'string') brought.set(`${url}|${version}`, resource)
  }
  return brought
}

/** By its canonical, or by its id here. Undefined when it is not here, or not for whoever asks. */
async function storedQuestionnaire(
  records: Records,
  asking: Asking,
  canonical: string,
): Promise<JsonObject | undefined> {
  const id = parseId<string>(/^Questionnaire\/([^/|]+)$/.exec(canonical)?.[1] ?? '')
  try {
    const stored =
      id === undefined
        ? await records.definition(ask(asking, 'search', 'Questionnaire'), canonical, asking.request)
        : await records.read(ask(asking, 'read', 'Questionnaire'), id, asking.request)
    return stored === undefined ? undefined : parseStored(stored.json)
  } catch (error) {
    if (error instanceof Refusal && unseen.has(error.code)) return undefined
    throw error
  }
}

const unseen: ReadonlySet<string> = new Set(['not-permitted', 'scope-insufficient', 'not-found', 'gone'])
