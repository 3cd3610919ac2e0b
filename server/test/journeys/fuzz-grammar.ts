// What a hostile or broken client may send: requests made by a grammar that knows FHIR well enough to get past the first
// check, and resources damaged in one place. The same seed gives the same requests.
import { type ResourceType, resourceTypes, searchParameters } from '@chartkeep/model/fhir'
import { Random } from '../../../tools/synthetic/random.ts'

export interface FuzzRequest {
  readonly method: string
  readonly path: string
  readonly body?: string | Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** What is there to be asked for. */
export interface Ground {
  /** `Type/id` of records that exist. */
  readonly records: readonly string[]
  /** Resources as they are stored. */
  readonly resources: readonly Record<string, unknown>[]
}

/** Stands in what is sent; no answer that refuses may repeat it. */
export const echo = 'ZqCanaryEcho'

const oddTexts = [
  '', ' ', '\0', '%', '%%', "'", '"', '\\', '\\,', '$', '|', '||', ',', ',,,', ':', '::', '..', '../..', '*', '-', '--',
  'null', 'true', 'NaN', '1e400', '-0', '0x10', '99999999999999999999', '2026-13-45', '2026-02-30T25:61:61Z', '0000',
  '9999-12-31T23:59:59.999999999+14:00', '\u202e', '\ud83d\udca9', 'é̀', 'a'.repeat(3000), ('('.repeat(200)), '{{7*7}}',
  "' or 1=1 --", '<script>alert(1)</script>', '__proto__', 'constructor', 'toString', (echo),
] // oxfmt-ignore

const modifiers = ['', ':exact', ':contains', ':not', ':text', ':in', ':not-in', ':above', ':below', ':of-type', ':identifier', ':missing', ':iterate', ':Patient', ':nonsense', ':'] // oxfmt-ignore
const prefixes = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap', 'xx']
const operations = ['$everything', '$validate', '$lastn', '$match', '$expand', '$lookup', '$validate-code', '$subsumes', '$meta', '$nonsense'] // oxfmt-ignore
const media = ['application/fhir+json', 'application/json', 'application/json-patch+json', 'application/xml', 'text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', ''] // oxfmt-ignore

export class Fuzz {
  readonly #random: Random
  readonly #ground: Ground

  constructor(seed: string, ground: Ground) {
    this.#random = new Random(seed)
    this.#ground = ground
  }

  request(): FuzzRequest {
    return this.#random.weighted<() => FuzzRequest>([
      [5, () => this.#search()],
      [2, () => this.#read()],
      [4, () => this.#write()],
      [2, () => this.#patch()],
      [2, () => this.#bundle()],
      [2, () => this.#operation()],
      [1, () => this.#bytes()],
    ])()
  }

  #type(): string {
    const random = this.#random
    return random.chance(0.9) ? random.pick(resourceTypes) : random.pick(oddTexts)
  }

  #id(): string {
    const random = this.#random
    const known = random.pick(this.#ground.records).split('/')[1] ?? ''
    return random.weighted([[6, known], [2, random.uuid()], [1, random.pick(oddTexts)], [1, `${echo}-1`]]) // oxfmt-ignore
  }

  #record(): string {
    return this.#random.chance(0.8) ? this.#random.pick(this.#ground.records) : `${this.#type()}/${encodeURIComponent(this.#id())}`
  } // oxfmt-ignore

  #value(): string {
    const random = this.#random
    return random.weighted<() => string>([
      [3, () => random.pick(oddTexts)],
      [3, () => random.pick(this.#ground.records)],
      [2, () => `${random.pick(prefixes)}${random.pick(['2026', '2026-03', '2026-03-01', '2026-03-01T10:00:00Z', '5.4', '100', '1e-3'])}`],
      [2, () => `${random.pick(prefixes)}${random.whole(-5, 900)}|http://unitsofmeasure.org|${random.pick(['mm[Hg]', 'mg', 'Cel', '{x', '', 'm/s2', echo])}`],
      [2, () => `http://loinc.org|${random.pick(['8480-6', '', echo])}`],
      [1, () => `${this.#value()},${this.#value()}`],
      [1, () => `${this.#value()}$${this.#value()}`],
    ])()
  } // oxfmt-ignore

  #parameter(type: string): [string, string] {
    const random = this.#random
    const codes = resourceTypes.some((one) => one === type) ? searchParameters(type as ResourceType).map(({ code }) => code) : ['name']
    const code = random.pick(codes)
    const other = random.pick(resourceTypes)
    return random.weighted<() => [string, string]>([
      [6, () => [code + random.pick(modifiers), this.#value()]],
      [2, () => [`${code}${random.pick(['', ':Patient', ':Nothing'])}.${random.pick(['name', 'identifier', 'subject.name', 'a.b.c.d.e.f.g', '_id'])}`, this.#value()]],
      [2, () => [`_has:${other}:${random.pick(['patient', 'subject', 'author', 'nothing'])}:${random.pick(['code', '_id', '_has:Observation:subject:code', ''])}`, this.#value()]],
      [2, () => [random.pick(['_include', '_revinclude', '_include:iterate', '_revinclude:iterate']), random.pick(['*', `${type}:*`, `${type}:${code}`, `${other}:patient`, `Provenance:target`, '::', echo])]],
      [2, () => ['_sort', random.pick(['-_lastUpdated', 'date', '-date,_id', code, `-${code},-_id,date`, '-', ',', echo])]],
      [2, () => [random.pick(['_count', '_cursor', '_total', '_summary', '_elements', '_format', '_pretty', '_list', '_text', '_content', '_filter', '_query', '_contained', '_type', '_since', '_at']), random.pick(['0', '1', '3', '-1', '100000000', 'accurate', 'count', 'true', 'id,status', 'json', 'xml', ...oddTexts.slice(0, 12), echo])]],
      [1, () => [random.pick(oddTexts), this.#value()]],
    ])()
  } // oxfmt-ignore

  #query(type: string): string {
    const random = this.#random
    const parameters = Array.from({ length: random.weighted([[5, 1], [4, 2], [2, 4], [1, 40]]) }, () => this.#parameter(type)) // oxfmt-ignore
    // A patient in the question leads past "too broad" into the search itself.
    if (random.chance(0.5)) parameters.push(['patient', random.pick(this.#ground.records)])
    return random.chance(0.9)
      ? new URLSearchParams(parameters).toString()
      : parameters.map(([name, value]) => `${name}=${value}`.replaceAll(/[^\x21-\x7e]|#/g, '%')).join('&')
  }

  #headers(type: string): Record<string, string> {
    const random = this.#random
    return {
      'content-type': random.chance(0.9) ? type : random.pick(media),
      ...(random.chance(0.2) ? { prefer: random.pick(['return=minimal', 'return=OperationOutcome', 'handling=strict', 'handling=lenient', 'respond-async', echo]) } : {}),
      ...(random.chance(0.3) ? { 'if-match': random.pick(['W/"1"', 'W/"999999999999"', '"x"', '*', 'W/', echo]) } : {}),
      ...(random.chance(0.1) ? { 'if-none-exist': random.pick(['identifier=a|b', 'nonsense=1', '', '_id=', echo]) } : {}),
      ...(random.chance(0.1) ? { accept: random.pick(media) || '*/*' } : {}),
    }
  } // oxfmt-ignore

  #search(): FuzzRequest {
    const random = this.#random
    const type = this.#type()
    if (random.chance(0.15))
      return { method: 'POST', path: `/${encodeURIComponent(type)}/_search`, body: this.#query(type), headers: this.#headers('application/x-www-form-urlencoded') }
    return { method: 'GET', path: `/${encodeURIComponent(type)}?${this.#query(type)}`, headers: this.#headers('') }
  } // oxfmt-ignore

  #read(): FuzzRequest {
    const random = this.#random
    const record = this.#record()
    const tail = random.weighted([[5, ''], [2, '/_history'], [2, `/_history/${random.pick(['1', '2', '0', '-1', '99999999999', echo])}`], [1, '/x/y/z'], [1, '?_summary=text'], [1, '/_history?_count=x&_since=y']]) // oxfmt-ignore
    const path = random.weighted([[8, `/${record}${tail}`], [1, '/_history?_count=3'], [1, `/${this.#type()}/_history?_since=2026`], [1, '/metadata?mode=full']]) // oxfmt-ignore
    return { method: random.pick(['GET', 'GET', 'GET', 'HEAD', 'DELETE']), path: path.replaceAll(/[^\x21-\x7e]|#/g, '%20'), headers: this.#headers('') } // oxfmt-ignore
  }

  #write(): FuzzRequest {
    const random = this.#random
    const resource = this.#damaged()
    const named = String(resource['resourceType'])
    const type = random.chance(0.9) ? named : this.#type()
    const id = encodeURIComponent(String(resource['id'] ?? random.uuid()))
    const body = this.#spoil(JSON.stringify(resource))
    const headers = this.#headers('application/fhir+json')
    if (random.chance(0.4)) return { method: 'POST', path: `/${encodeURIComponent(type)}`, body, headers }
    if (random.chance(0.2)) return { method: 'PUT', path: `/${encodeURIComponent(type)}?${this.#query(type)}`, body, headers }
    return { method: 'PUT', path: `/${encodeURIComponent(type)}/${id}`, body, headers }
  } // oxfmt-ignore

  #patch(): FuzzRequest {
    const random = this.#random
    const pointer = (): string => random.pick(['/status', '/code/coding/0/display', '/name/0/family', '/name/-', '/-', '/id', '/meta/versionId', '/resourceType', '/__proto__/x', '/constructor/prototype', '~', '/a~2b', '', `/${echo}`]) // oxfmt-ignore
    const steps = Array.from({ length: random.whole(0, 4) }, () => ({
      op: random.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'nonsense']),
      path: pointer(),
      ...(random.chance(0.5) ? { from: pointer() } : {}),
      ...(random.chance(0.7) ? { value: this.#anything(2) } : {}),
    }))
    const expression = (): string => random.pick(['Patient', 'Patient.name', 'Patient.name[0].family', 'Observation.status', "name.where(use='official')", '%resource', 'repeat(children())', '1/0', "iif(true,'a','b')", '(((', `'${echo}'`, 'Patient.name.repeat($this)', "'a'.replaceMatches('(a+)+$','b')"]) // oxfmt-ignore
    const parameters = {
      resourceType: 'Parameters',
      parameter: Array.from({ length: random.whole(0, 3) }, () => ({
        name: random.pick(['operation', 'nonsense']),
        part: [
          { name: 'type', valueCode: random.pick(['add', 'insert', 'delete', 'replace', 'move', 'nonsense']) },
          { name: 'path', valueString: expression() },
          ...(random.chance(0.5) ? [{ name: 'name', valueString: random.pick(['family', 'status', 'id', '__proto__', echo]) }] : []),
          ...(random.chance(0.6) ? [{ name: 'value', [random.pick(['valueString', 'valueCode', 'valueInteger', 'valueHumanName', 'part'])]: this.#anything(2) }] : []),
          ...(random.chance(0.4) ? [{ name: random.pick(['index', 'source', 'destination']), valueInteger: random.whole(-2, 5) }] : []),
        ],
      })),
    }
    const json = random.chance(0.5)
    const path = random.chance(0.8) ? `/${this.#record()}` : `/Patient?${this.#query('Patient')}`
    return { method: 'PATCH', path, body: this.#spoil(JSON.stringify(json ? steps : parameters)), headers: this.#headers(json ? 'application/json-patch+json' : 'application/fhir+json') }
  } // oxfmt-ignore

  #bundle(): FuzzRequest {
    const random = this.#random
    const urn = `urn:uuid:${random.uuid()}`
    const entry = Array.from({ length: random.whole(0, 6) }, () => {
      const resource = random.chance(0.7) ? this.#damaged() : undefined
      const type = String(resource?.['resourceType'] ?? this.#type())
      return {
        ...(random.chance(0.5) ? { fullUrl: random.chance(0.5) ? urn : random.pick([...oddTexts.slice(0, 9), `urn:uuid:${random.uuid()}`]) } : {}),
        ...(resource === undefined ? {} : { resource }),
        request: {
          method: random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'nonsense']),
          url: random.pick([type, `${type}/${this.#id()}`, this.#record(), `${type}?${this.#query(type)}`, `/${type}`, '', echo]),
          ...(random.chance(0.2) ? { ifMatch: random.pick(['W/"1"', 'x']) } : {}),
          ...(random.chance(0.2) ? { ifNoneExist: random.pick(['identifier=1', 'nonsense=2', '']) } : {}),
        },
      }
    })
    const bundle = { resourceType: 'Bundle', type: random.pick(['batch', 'transaction', 'transaction', 'collection', 'history', 'nonsense']), entry }
    return { method: 'POST', path: '', body: this.#spoil(JSON.stringify(bundle)), headers: this.#headers('application/fhir+json') }
  } // oxfmt-ignore

  #operation(): FuzzRequest {
    const random = this.#random
    const at = random.weighted([[4, `/${this.#record()}`], [4, `/${encodeURIComponent(this.#type())}`], [1, '']]) // oxfmt-ignore
    const path = `${at}/${random.pick(operations)}`
    if (random.chance(0.5)) return { method: 'GET', path: `${path}?${this.#query('ValueSet')}`, headers: this.#headers('') } // oxfmt-ignore
    const parameter = Array.from({ length: random.whole(0, 4) }, () => ({
      name: random.pick(['resource', 'url', 'code', 'system', 'coding', 'valueSet', 'filter', 'count', 'offset', 'mode', 'profile', 'max', 'start', 'nonsense', echo]),
      ...(random.chance(0.5) ? { resource: this.#damaged() } : { [random.pick(['valueString', 'valueUri', 'valueCode', 'valueCoding', 'valueInteger', 'valueBoolean', 'valueDate'])]: this.#anything(2) }),
    })) // oxfmt-ignore
    const body = random.chance(0.8) ? { resourceType: 'Parameters', parameter } : this.#damaged()
    return { method: 'POST', path, body: this.#spoil(JSON.stringify(body)), headers: this.#headers('application/fhir+json') } // oxfmt-ignore
  }

  /** Bytes of no grammar at all. */
  #bytes(): FuzzRequest {
    const random = this.#random
    const body = Buffer.from(Array.from({ length: random.whole(0, 400) }, () => random.whole(0, 255)))
    const path = random.pick(['', '/Patient', '/Observation/_search', '/Binary', `/${this.#record()}`])
    return { method: random.pick(['POST', 'PUT', 'PATCH']), path, body, headers: this.#headers(random.pick(media)) }
  }

  /** A stored resource with one to three things wrong with it. */
  #damaged(): Record<string, unknown> {
    const random = this.#random
    const resource = structuredClone(random.pick(this.#ground.resources))
    for (let times = random.whole(0, 3); times > 0; times--) this.#damage(resource)
    return resource
  }

  #damage(holder: Record<string, unknown>): void {
    const random = this.#random
    const keys = Object.keys(holder)
    if (keys.length === 0) return
    const key = random.pick(keys)
    const value = holder[key]
    const inside = Array.isArray(value) ? (value as unknown[])[0] : value
    if (typeof inside === 'object' && inside !== null && random.chance(0.6)) return this.#damage(inside as Record<string, unknown>)
    random.weighted<() => void>([
      [2, () => void (holder[key] = this.#anything(3))],
      [1, () => void delete holder[key]],
      [1, () => void (holder[key] = [value, value])],
      [1, () => void (holder[random.pick(['strange', '__proto__x', 'valueString', '_status', 'extension', 'contained', echo])] = this.#anything(3))],
      [1, () => void (holder['contained'] = [structuredClone(random.pick(this.#ground.resources))])],
      [1, () => void (holder['extension'] = this.#deep(random.whole(1, 90)))],
    ])()
  } // oxfmt-ignore

  #deep(depth: number): unknown[] {
    let inner: unknown[] = [{ url: 'http://x.example', valueBoolean: true }]
    for (let at = 0; at < depth; at++) inner = [{ url: 'http://x.example', extension: inner }]
    return inner
  }

  #anything(depth: number): unknown {
    const random = this.#random
    return random.weighted<() => unknown>([
      [3, () => random.pick(oddTexts)],
      [2, () => random.pick([0, -0, 1, -1, 1.5, 1e21, 1e-7, 2 ** 53, true, false, null])],
      [1, () => (depth === 0 ? [] : Array.from({ length: random.whole(0, 3) }, () => this.#anything(depth - 1)))],
      [1, () => (depth === 0 ? {} : Object.fromEntries(Array.from({ length: random.whole(0, 3) }, () => [random.pick(['system', 'code', 'value', 'reference', 'coding', 'text', 'id', echo]), this.#anything(depth - 1)])))],
    ])()
  } // oxfmt-ignore

  /** Now and then the text itself is broken: cut off, a key twice, a raw byte that is no UTF-8, a forbidden name. */
  #spoil(text: string): string | Buffer {
    const random = this.#random
    if (random.chance(0.85)) return text
    const at = random.whole(0, text.length)
    return random.weighted<() => string | Buffer>([
      [2, () => text.slice(0, at)],
      [1, () => text.replace('{', '{"id":"a","id":"b",')],
      [1, () => text.replace('{', '{"__proto__":{"status":"x"},')],
      [1, () => Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.of(0xff, 0xc0), Buffer.from(text.slice(at))])],
      [1, () => `${text}${text}`],
      [1, () => `\ufeff${text}`],
    ])()
  }
}
